"""The page of diagnostic codes: found in the source, explained in `errors.toml`."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import shipworthy
from shipworthy.app.reference.diagnostic_codes import diagnostic_codes
from shipworthy.app.reference.markdown import code, page, table
from shipworthy.kernel import ExitCode

_FAMILY: Final = re.compile(r"[a-z]+")
_VERIFIER_CODE: Final = re.compile(r"\bSV-[A-Z-]*[A-Z-]")


def error_page() -> str:
    """Return the page of codes.

    Raises:
        ValueError: when a code is not explained, or an explained code is nowhere in the source.
    """
    explained = tomllib.loads((Path(__file__).parent / "errors.toml").read_text(encoding="utf-8"))
    package = Path(shipworthy.__file__).parent
    found = diagnostic_codes(package)
    _refuse_difference("diagnostic codes", set(found), set(explained["shipworthy"]))
    verifier = package.parent / "shipworthy_verify"
    _check_verifier(verifier.rglob("*.py"), set(explained["verifier"]))
    return page(
        "Errors",
        "A complaint is one line, `FILE:LINE:COLUMN: error[CODE]: what is wrong`, and a line "
        "`help:` with what would be right. Codes are stable. Columns: the code, the exit code it "
        "leads to (see [exit-codes.md](exit-codes.md)), what it means, what to do.",
        table(("code", "exit", "meaning", "what to do"), _rows(found, explained["shipworthy"])),
        "## Codes of the verifier",
        "`shipworthy-verify` refuses a bundle with these (exit 4). There is one thing to do: do "
        "not rely on the bundle, and ask whoever gave it to you for another copy. If that is "
        "refused as well, the sender has to explain. The steps are numbered in "
        "[spec/bundle.md](../../spec/bundle.md#6-procedure).",
        table(
            ("code", "what was found"),
            ((code(name), meaning) for name, meaning in sorted(explained["verifier"].items())),
        ),
    )


def _rows(
    found: Mapping[str, frozenset[str]], explained: Mapping[str, list[str]]
) -> Iterable[tuple[str, str, str, str]]:
    for name in sorted(found, key=lambda one: (_FAMILY.findall(one)[0], one)):
        exits = sorted(ExitCode[word].value for word in found[name])
        meaning, advice = explained[name]
        yield code(name), ", ".join(map(str, exits)), meaning, advice


def _check_verifier(modules: Iterable[Path], explained: set[str]) -> None:
    """Compare with the verifier, which puts some codes together from a beginning and an end."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules)
    words = set(_VERIFIER_CODE.findall(text))
    begun = {word.rstrip("-") for word in words if word not in explained}
    missing = {word for word in begun if not any(one.startswith(f"{word}-") for one in explained)}
    left_over = {
        one for one in explained - words if not any(one.startswith(f"{word}-") for word in begun)
    }
    _refuse_difference("verifier codes", missing, left_over)


def _refuse_difference(what: str, source: set[str], explained: set[str]) -> None:
    if source != explained:
        raise ValueError(
            f"{what}: not explained {sorted(source - explained)}, "
            f"explained but not in the source {sorted(explained - source)}"
        )
