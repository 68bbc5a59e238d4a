"""Reading a node tree into typed values, gathering every fault instead of stopping at the first.

Where a value is unusable, its fault is noted and a harmless stand-in is returned: the caller goes
on, and `Faults.raise_if_any` ends the reading before anything is built on a stand-in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shipworthy.frameworks.language.shape import NAME
from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, Node, TextNode
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean

_NAME: Final = re.compile(NAME)
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_KINDS: Final = {TextNode: "text", ListNode: "a list", MapNode: "a mapping"}


class Faults:
    """Diagnostics gathered while one framework is read."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, code: str, message: str, place: Location, advice: str = "") -> None:
        """Note one fault; the code is written without its prefix `framework-`."""
        self.found.append(Diagnostic(f"framework-{code}", message, place, advice))

    def raise_if_any(self) -> None:
        """End the reading.

        Raises:
            Problem: every fault, in file order.
        """
        if self.found:
            raise Problem(sorted(self.found, key=_in_file_order))


class Section:
    """A mapping whose keys are known: unknown ones are faults, with the nearest legal key."""

    def __init__(self, node: Node, what: str, keys: Iterable[str], faults: Faults) -> None:
        self.what = what
        self.faults = faults
        self.location = node.location
        self._entries: dict[str, Node] = {}
        legal = set(keys)
        for key, value in mapping_entries(node, what, faults):
            if key.text in legal:
                self._entries[key.text] = value
            else:
                advice = did_you_mean(key.text, legal)
                message = f"unknown key `{key.text}` in {what}"
                faults.add("unknown-key", message, key.location, advice)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def node(self, key: str) -> Node | None:
        """Return the node under `key`; a fault and nothing when it is missing."""
        if key not in self._entries:
            message = f"{self.what} has no `{key}`"
            self.faults.add("missing-key", message, self.location, f"add `{key}:`")
        return self._entries.get(key)

    def scalar(self, key: str) -> TextNode:
        """Return the non-empty text under `key`, with its place."""
        node = self.node(key)
        if node is None:
            return TextNode("", self.location)
        return self._text(node, f"`{key}` of {self.what}")

    def text(self, key: str) -> str:
        """Return the non-empty text under `key`, folded to one line."""
        return folded(self.scalar(key))

    def optional(self, key: str, default: str = "") -> str:
        """Return the text under `key`, or the default when the key is absent."""
        return self.text(key) if key in self else default

    def choice(self, key: str, legal: Iterable[str]) -> str:
        """Return the text under `key`, one of a closed set."""
        node = self.scalar(key)
        options = list(legal)
        if node.text and node.text not in options:
            message = f"`{node.text}` is not a legal `{key}` of {self.what}"
            self.faults.add("type", message, node.location, did_you_mean(node.text, options))
        return node.text if node.text in options else options[0]

    def choice_or(self, default: str, key: str, legal: Iterable[str]) -> str:
        """Return one of a closed set, or the default when the key is absent."""
        return self.choice(key, legal) if key in self else default

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return whether `key` says `yes`."""
        return self.choice(key, ("no", "yes")) == "yes" if key in self else default

    def count(self, key: str) -> int:
        """Return the whole number under `key`; absent means 0."""
        if key not in self:
            return 0
        node = self.scalar(key)
        if _COUNT.fullmatch(node.text):
            return int(node.text)
        message = f"`{key}` of {self.what} is `{node.text}`, not a whole number below a million"
        self.faults.add("type", message, node.location, "write for example 30")
        return 0

    def entries(self, key: str) -> tuple[tuple[TextNode, Node], ...]:
        """Return the entries of the mapping under `key`; none when the key is absent."""
        node = self._entries.get(key)
        return () if node is None else mapping_entries(node, f"`{key}`", self.faults)

    def lines(self, key: str) -> tuple[str, ...]:
        """Return the texts of the list under `key`, each folded to one line."""
        return tuple(folded(node) for node in self.texts(key))

    def one_or_more(self, key: str) -> tuple[TextNode, ...]:
        """Return the texts under `key`, which is a text or a list of texts; none when absent."""
        if isinstance(self._entries.get(key), TextNode):
            return (self.scalar(key),)
        return self.texts(key)

    def items(self, key: str) -> tuple[Node, ...]:
        """Return the elements of the non-empty list under `key`; none when the key is absent."""
        node = self._entries.get(key)
        if node is None:
            return ()
        if not isinstance(node, ListNode):
            _wrong_kind(node, f"`{key}` of {self.what}", "a list", self.faults)
            return ()
        if not node.items:
            self.faults.add("type", f"`{key}` of {self.what} is an empty list", node.location)
        return node.items

    def texts(self, key: str) -> tuple[TextNode, ...]:
        """Return the texts of the list under `key`; none when the key is absent."""
        what = f"an element of `{key}` of {self.what}"
        return tuple(self._text(node, what) for node in self.items(key))

    def _text(self, node: Node, what: str) -> TextNode:
        if not isinstance(node, TextNode):
            _wrong_kind(node, what, "text", self.faults)
            return TextNode("", node.location)
        if not node.text.strip():
            self.faults.add("type", f"{what} is empty", node.location, "write a value")
        return node


def folded(node: TextNode) -> str:
    """Return a text on one line."""
    return " ".join(node.text.split())


def mapping_entries(node: Node, what: str, faults: Faults) -> tuple[tuple[TextNode, Node], ...]:
    """Return the entries of a mapping; a fault and none when it is not one."""
    if isinstance(node, MapNode):
        return node.entries
    _wrong_kind(node, what, "a mapping", faults)
    return ()


def distinct(nodes: Iterable[TextNode], what: str, faults: Faults) -> tuple[str, ...]:
    """Return the texts of nodes that must be well-formed names and differ from each other."""
    seen: dict[str, Location] = {}
    for node in nodes:
        if not node.text:
            continue
        if _NAME.fullmatch(node.text) is None:
            advice = "use letters, digits, `-`, `_`, with `.` between parts"
            faults.add("type", f"{what} `{node.text}` is not a name", node.location, advice)
        if node.text in seen:
            advice = f"the first is at {seen[node.text]}"
            faults.add("duplicate-id", f"{what} `{node.text}` twice", node.location, advice)
        seen.setdefault(node.text, node.location)
    return tuple(seen)


def known(
    nodes: Iterable[TextNode],
    legal: Mapping[str, object] | Iterable[str],
    what: str,
    faults: Faults,
) -> Iterator[str]:
    """Yield the texts that are among `legal`; the others are `framework-unknown-<what>`."""
    names = list(legal)
    for node in nodes:
        if node.text in names:
            yield node.text
        elif node.text:
            advice = did_you_mean(node.text, names)
            faults.add(f"unknown-{what}", f"no {what} `{node.text}`", node.location, advice)


def _wrong_kind(node: Node, what: str, wanted: str, faults: Faults) -> None:
    message = f"{what} is {_KINDS[type(node)]}, not {wanted}"
    faults.add("type", message, node.location, f"write {wanted} here")


def _in_file_order(fault: Diagnostic) -> tuple[str, int, int]:
    place = fault.location or Location("")
    return (place.file, place.line, place.column)
