"""Built-in frameworks: data, one folder each."""
