"""One HTTP exchange through the guard engine: bytes in, bytes out, without input or output."""
