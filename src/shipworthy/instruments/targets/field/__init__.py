"""A client of a deployed path: what a user's program sends, in each wire format."""

from shipworthy.instruments.targets.field.client import (
    PATH_HOLDER,
    FieldAnswer,
    FieldClient,
    FieldLink,
    Identity,
    last_try_s,
    open_field,
)
from shipworthy.instruments.targets.field.routes import (
    UNUSED_TOOL,
    carries,
    routes_of,
    sent_request,
)

__all__ = [
    "PATH_HOLDER",
    "UNUSED_TOOL",
    "FieldAnswer",
    "FieldClient",
    "FieldLink",
    "Identity",
    "carries",
    "last_try_s",
    "open_field",
    "routes_of",
    "sent_request",
]
