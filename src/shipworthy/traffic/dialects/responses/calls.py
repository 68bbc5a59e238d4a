"""Tool calls of a stream of responses: each is said up to four times, and always the same."""

from dataclasses import dataclass, field

from shipworthy.traffic.dialects.answers import own_text
from shipworthy.traffic.dialects.protocol import Tree
from shipworthy.traffic.dialects.reading import broken
from shipworthy.traffic.dialects.responses.items import item_call
from shipworthy.vocabulary import ToolCall


@dataclass(slots=True)
class _Said:
    item: Tree = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    wholes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class CallItems:
    """The calls of one stream while they arrive."""

    def __init__(self) -> None:
        self._calls: dict[int, _Said] = {}

    def item(self, index: int, item: Tree) -> None:
        """Take an item: at its beginning, at its end, or in the whole response."""
        said = self._calls.setdefault(index, _Said())
        said.item = {**said.item, **item}
        said.names.add(own_text(item, "name"))
        said.wholes.add(own_text(item, _field(item)))

    def fragment(self, index: int, text: str) -> None:
        """Take a piece of what a tool is given."""
        self._calls.setdefault(index, _Said()).fragments.append(text)

    def repeated(self, index: int, text: str, name: str) -> None:
        """Take all of what a tool is given, once more."""
        said = self._calls.setdefault(index, _Said())
        said.wholes.add(text)
        said.names.add(name)

    def calls(self) -> tuple[ToolCall, ...]:
        """Return the calls, by item; raises `Unreadable` where events contradict each other."""
        return tuple(_call(self._calls[at]) for at in sorted(self._calls))

    def ids(self) -> dict[int, str]:
        """Return the ids that results name, by position."""
        ordered = (self._calls[at] for at in sorted(self._calls))
        return {place: own_text(said.item, "call_id") for place, said in enumerate(ordered)}


def _field(item: Tree) -> str:
    return "input" if item.get("type") == "custom_tool_call" else "arguments"


def _call(said: _Said) -> ToolCall:
    written = {*said.wholes, "".join(said.fragments)} - {""}
    names = said.names - {""}
    if len(written) > 1 or len(names) > 1 or "type" not in said.item:
        raise broken("the stream says one tool call in two ways")
    given = {_field(said.item): next(iter(written), "")}
    return item_call({**said.item, **given, "name": next(iter(names), "")})
