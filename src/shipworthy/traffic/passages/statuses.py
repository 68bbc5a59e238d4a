"""Heads of answers of the model's server: what of them the client is told."""

from typing import Final

_OWN: Final = {400, 404, 408, 409, 413, 422, 429, 500, 503, 504, 529}
"""Statuses that speak of the request or of load, and pass. Others (401 above all) speak of the
gateway's own account and become 502."""


def client_status(status: int) -> int:
    """Return the status for the client where the model's server sent an error."""
    return status if status in _OWN else 502


def media_type(content_type: str) -> str:
    """Return the media type without parameters; empty for a text that is not in UTF-8."""
    name, _, parameters = content_type.partition(";")
    for parameter in parameters.lower().split(";"):
        key, _, value = parameter.strip().partition("=")
        if key == "charset" and value.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            return ""
    return name.strip().lower()
