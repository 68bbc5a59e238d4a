"""Wire formats of model APIs, read and written without input or output."""
