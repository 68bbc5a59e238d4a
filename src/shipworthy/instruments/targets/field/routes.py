"""The ways into a deployment, and what of an item a way can carry."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.exchanges import ApiDialect
from shipworthy.vocabulary import Request, Tool, ToolParameter

UNUSED_TOOL: Final = Tool(
    name="look_up_opening_hours",
    description="Look up when a branch is open.",
    parameters=(ToolParameter(name="branch", description="Name of the branch."),),
)
"""Offered where an item without tools is sent over a route with tools: what a guard skips when
tools are offered it skips there too."""


def routes_of(dialects: Iterable[ApiDialect]) -> tuple[FieldRoute, ...]:
    """Return every route of the dialects, in their order; completions take no tools."""
    return tuple(
        FieldRoute(dialect=dialect, stream=stream, tools=tools)
        for dialect in dialects
        for tools in (False, True)
        for stream in (False, True)
        if not (tools and dialect == "completions")
    )


def carries(route: FieldRoute, request: Request) -> bool:
    """Say whether a route can carry a request: one with tools of its own needs them offered."""
    return route.tools or not request.tools


def sent_request(route: FieldRoute, request: Request) -> Request:
    """Return the conversation as the route sends it.

    Raises:
        ValueError: for a request that the route does not carry.
    """
    if not carries(route, request):
        raise ValueError(f"`{route.id}` does not carry a request with tools")
    if route.tools and not request.tools:
        return replace(request, tools=(UNUSED_TOOL,))
    return request
