"""Random orders that anyone can draw again: ranks of digests, no generator and no state."""

import hashlib


def random_order(key: str, size: int) -> list[int]:
    """Order 0 to `size` - 1 by the SHA-256 of key and number."""
    digests = [hashlib.sha256(f"{key}/{number}".encode()).digest() for number in range(size)]
    return sorted(range(size), key=digests.__getitem__)
