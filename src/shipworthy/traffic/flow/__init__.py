"""Work over logs: map, keyed windows, samples, joined labels, spread over processes."""
