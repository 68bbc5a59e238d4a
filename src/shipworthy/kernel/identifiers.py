"""Deterministic identifiers: the same parts give the same id on every machine."""

from shipworthy.kernel.digests import digest_of


def derive_id(prefix: str, *parts: str | int) -> str:
    """Return `<prefix>-<24 hex digits>`, a function of the parts alone (96 bits)."""
    return f"{prefix}-{digest_of(list(parts)).removeprefix('sha256:')[:24]}"
