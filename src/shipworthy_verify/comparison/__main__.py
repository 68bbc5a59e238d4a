"""`python -m shipworthy_verify.comparison CERTIFICATE OLD NEW`: 0 it follows, 4 not, 2 usage."""

import sys
from collections.abc import Sequence
from pathlib import Path

from shipworthy_verify.comparison.checking import Verified, verify_comparison
from shipworthy_verify.reading import Refused


def run(arguments: Sequence[str]) -> int:
    """Check three files: a certificate and the two rulebooks, all canonical JSON."""
    if len(arguments) != 3:
        print("usage: python -m shipworthy_verify.comparison CERTIFICATE OLD NEW", file=sys.stderr)  # noqa: T201 - a program's output
        return 2
    try:
        files = [Path(name).read_bytes() for name in arguments]
    except OSError as error:
        print(f"error[unreadable]: {error}", file=sys.stderr)  # noqa: T201 - a program's output
        return 2
    try:
        found = verify_comparison(*files)
    except Refused as refusal:
        text = f"error[{refusal.code}]: {refusal.message}"
        print(text.encode("unicode_escape").decode())  # noqa: T201 - a program's output
        return 4
    for line in _lines(found):
        print(line.encode("unicode_escape").decode())  # noqa: T201 - a program's output
    return 0


def _lines(found: Verified) -> list[str]:
    """Say what was verified and, as people quote the first line, of what it says nothing."""
    part = "" if found.whole else ", in part"
    shown = [f"  gate {gate}: {', '.join(kinds) or 'no type'}" for gate, kinds in found.scope]
    rest = [] if found.whole else ["note: gates or deployment types that both cover are left out"]
    assumed = [
        f"assumed: `{one}` of the old framework is `{to}` of the new one"
        for one, to in found.levels
    ]
    return [f"verified{part}: {found.change}", *shown, *rest, *assumed]


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
