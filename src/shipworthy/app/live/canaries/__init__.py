"""Sealed canaries: promised, sent as ordinary traffic, recorded aside, revealed and audited."""
