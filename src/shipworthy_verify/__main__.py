"""`shipworthy-verify BUNDLE`: exit 0 verified, 4 not, 2 usage or nothing to verify."""

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from shipworthy_verify.procedure import Verification, verify_bundle

VERIFIED: Final = 0
USAGE: Final = 2
REFUSED: Final = 4


def run(arguments: Sequence[str] | None = None) -> int:
    """Verify the bundle that the command line names and return the exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        checkpoint = options.checkpoint.read_bytes() if options.checkpoint else None
        result = verify_bundle(options.bundle, options.key, checkpoint)
    except OSError as error:
        print(_plain(f"error[unreadable]: {error}"), file=sys.stderr)  # noqa: T201 - a program's output
        return USAGE
    except KeyboardInterrupt:
        return 130
    if options.format == "json":
        text = json.dumps(asdict(result), indent=2)
    else:
        text = "\n".join(_lines(result, pinned=bool(options.key), anchored=checkpoint is not None))
    try:
        print(text, flush=True)  # noqa: T201 - a program's output
    except BrokenPipeError:
        # the reader went away; Python would complain again when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return VERIFIED if result.ok else REFUSED


def _lines(result: Verification, *, pinned: bool, anchored: bool) -> list[str]:
    lines = [
        _plain(f"{check.number:>3}  ok  {check.title}: {check.detail}") for check in result.checks
    ]
    if not result.ok:
        lines += [_plain(f"error[{found.code}]: {found.message}") for found in result.failures]
        return [*lines, f"not verified: {len(result.failures)} failures"]
    lines.append(_plain(f"verified: {_verdict(result)}"))
    if not pinned:
        lines += [
            "note: signed by a key that you did not pin; ask the runner for its fingerprint and",
            f"      run again with --key {result.runner}",
        ]
    if not anchored:
        lines += [
            "note: that the log was not rewritten as a whole is shown only to those who hold an",
            "      earlier checkpoint (--checkpoint FILE)",
        ]
    if result.standing == "go" and not anchored:
        lines += [
            f"note: the log ends at {_plain(result.as_of)}; a decision that was re-opened later is",
            "      seen in a later bundle alone: ask the runner for the last one",
        ]
    return lines


def _verdict(result: Verification) -> str:
    """Say what the draft says and what it comes to: people quote this line."""
    said = f"the draft says {result.ruling}"
    if result.because:
        return f"{said}; {result.because}; it stands as {result.standing}"
    if result.standing == "go":
        until = f"it stands until {result.expires_at}"
        return f"{said}; every role signed it; {until}, if nothing came after {result.as_of}"
    if result.standing == result.ruling:
        return said
    why = "somebody signed no-go" if result.standing == "no-go" else "signatures are outstanding"
    return f"{said}; {why}; it stands as {result.standing}"


def _plain(text: str) -> str:
    """Escape what could move the cursor or reorder text: a bundle's words may be hostile."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _fingerprint(text: str) -> str:
    if not re.fullmatch(r"(sha256:)?[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is no fingerprint: 64 hexadecimal digits")
    return f"sha256:{text[-64:].lower()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shipworthy-verify",
        description="Recompute every number of an evidence bundle; check digests, signatures, log.",
        epilog="exit status: 0 verified, 4 not verified, 2 usage or nothing to verify",
    )
    parser.add_argument("bundle", type=Path, help="folder of the bundle")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        type=_fingerprint,
        metavar="FINGERPRINT",
        help="accept only a runner with this key id (may be repeated)",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="an earlier checkpoint of the same log or registry",
    )
    parser.add_argument("--format", choices=("human", "json"), default="human")
    return parser


if __name__ == "__main__":
    sys.exit(run())
