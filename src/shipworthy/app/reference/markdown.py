"""Just enough Markdown to write reference pages."""

from collections.abc import Iterable, Sequence

_NOTE = "<!-- Made from the code by `make golden`. Edit the code, not this page. -->"


def page(title: str, *parts: str) -> str:
    """Return a page: a title, the note that it is generated, and its parts."""
    return "\n\n".join([f"# {title}", _NOTE, *(part.strip("\n") for part in parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are folded to one line and their pipes escaped."""
    lines = [_row(head), "|" + "---|" * len(head)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def code(text: str) -> str:
    """Return a text as inline code; nothing for an empty one."""
    return f"`{text}`" if text else ""


def block(language: str, text: str) -> str:
    """Return a fenced block."""
    return f"```{language}\n{text.strip()}\n```"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
