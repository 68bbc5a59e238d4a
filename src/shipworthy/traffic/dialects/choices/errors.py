"""Errors as OpenAI writes them; its clients read `error.message`, `error.type` and `error.code`."""

from collections.abc import Mapping
from typing import Any, Final

from shipworthy.traffic.dialects.reading import Kind

_TYPES: Final[Mapping[Kind, tuple[str, str | None]]] = {
    "invalid": ("invalid_request_error", None),
    "unsupported": ("invalid_request_error", "unsupported_content"),
    "too-large": ("invalid_request_error", "request_too_large"),
    "refused": ("permission_error", "refused_by_policy"),
    "upstream": ("server_error", "upstream_error"),
    "internal": ("server_error", "internal_error"),
    "limited": ("rate_limit_error", "rate_limit_exceeded"),
    "stopped": ("server_error", "deployment_stopped"),
}


def openai_error(kind: Kind, message: str) -> dict[str, Any]:
    """Return the body of an error."""
    name, code = _TYPES[kind]
    return {"error": {"message": message, "type": name, "param": None, "code": code}}
