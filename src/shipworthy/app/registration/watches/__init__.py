"""Watches with sealed probes, as a campaign keeps them: read, checked, published."""

from shipworthy.app.registration.watches.checking import (
    CHAIN_KIND,
    KEY_KIND,
    Audited,
    audit_watches,
    audited,
    believed_watches,
    log_watch,
    watch_files,
)
from shipworthy.app.registration.watches.folders import (
    RevealedKey,
    SealedPool,
    WatchFolder,
    canary_folder,
    watch_lines,
    watches_of,
)

__all__ = [
    "CHAIN_KIND",
    "KEY_KIND",
    "Audited",
    "RevealedKey",
    "SealedPool",
    "WatchFolder",
    "audit_watches",
    "audited",
    "believed_watches",
    "canary_folder",
    "log_watch",
    "watch_files",
    "watch_lines",
    "watches_of",
]
