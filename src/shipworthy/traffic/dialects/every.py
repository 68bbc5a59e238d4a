"""Every dialect, by path and by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shipworthy.records.live import ApiDialect
from shipworthy.traffic.dialects.choices import Chat, Completions
from shipworthy.traffic.dialects.messages import Messages
from shipworthy.traffic.dialects.protocol import Dialect
from shipworthy.traffic.dialects.responses import Responses

_ALL: Final[tuple[Dialect, ...]] = (Chat(), Completions(), Responses(), Messages())

DIALECTS_BY_PATH: Final[Mapping[str, Dialect]] = MappingProxyType({one.path: one for one in _ALL})
"""Dialects by the path that clients post to."""

DIALECTS_BY_NAME: Final[Mapping[ApiDialect, Dialect]] = MappingProxyType(
    {one.name: one for one in _ALL}
)
"""Dialects by their name in records."""
