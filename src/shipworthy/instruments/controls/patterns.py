"""Which calls a rule is about: a tool and its arguments, by patterns with `*` and `?`."""

from fnmatch import fnmatchcase

import msgspec

from shipworthy.kernel import Record
from shipworthy.vocabulary import ToolCall

Globs = tuple[str, ...]


class CallPattern(Record, frozen=True, kw_only=True):
    """Calls of a tool of which every argument in `where` fits and none in `unless` does.

    Attributes:
        tool: name of the tool; `*` is any.
        where: patterns by argument, of which one has to fit; the argument `*` is any argument.
        unless: patterns by argument, of which none may fit.
    """

    tool: str = "*"
    where: dict[str, Globs] = msgspec.field(default_factory=dict)
    unless: dict[str, Globs] = msgspec.field(default_factory=dict)

    def fits(self, call: ToolCall) -> bool:
        """Say whether the rule is about a call. Capital and small letters are alike."""
        return (
            _named(call.name, self.tool)
            and all(_any_fits(call, name, globs) for name, globs in self.where.items())
            and not any(_any_fits(call, name, globs) for name, globs in self.unless.items())
        )


def _named(name: str, glob: str) -> bool:
    # most rules name one tool, and this is asked millions of times
    return name == glob or (not glob.isidentifier() and fnmatchcase(name, glob))


def _any_fits(call: ToolCall, name: str, globs: Globs) -> bool:
    texts = call.arguments.values() if name == "*" else [call.arguments.get(name)]
    return any(
        fnmatchcase(text.casefold(), glob.casefold())
        for text in texts
        if text is not None
        for glob in globs
    )
