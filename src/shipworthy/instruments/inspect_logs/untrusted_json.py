"""JSON from strangers: what is odd is refused with a place, never a traceback.

Inspect writes `NaN` and `Infinity`, which are no JSON but are read here, since an unscored sample
is a score of `NaN`. Half of a surrogate pair is kept while it is counted and hashed, and shown as
a replacement sign.
"""

import hashlib
import json
from typing import Any, TypeVar

import msgspec

from shipworthy.kernel import Digest, Location, Problem

T = TypeVar("T")


def parse(data: bytes, place: str) -> Any:
    """Return the value that JSON text holds.

    Raises:
        Problem: `inspect-json` for text that is no JSON, nests without end, holds endless digits,
            or names one key twice: two readers could read two things.
    """
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_pairs)
    except UnicodeDecodeError as error:
        what = f"not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        what = f"{error.msg[:1].lower()}{error.msg[1:]} at byte {error.pos}"
    except RecursionError:
        what = "nested without end"
    except ValueError as error:
        what = str(error).partition(";")[0]
    raise Problem.of(
        "inspect-json",
        f"not readable as JSON: {what}",
        location=Location(place),
        help="take another copy of the log",
    )


def digest_json(value: Any) -> Digest:
    """Return the digest of a value: of its JSON with sorted keys, no spaces and ASCII alone.

    Unlike `digest_of` it takes any JSON that Python reads, with the shortest digits of a float.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def convert(value: Any, kind: type[T], place: str) -> T:
    """Return the part of a log that is used, typed; what else it holds is left alone.

    Raises:
        Problem: `inspect-form` with the field that has another form.
    """
    try:
        return msgspec.convert(value, type=kind, strict=True)
    except (msgspec.ValidationError, OverflowError) as error:
        text = str(error)
        raise Problem.of(
            "inspect-form",
            f"not a log of the version that it says: {text[:1].lower()}{text[1:]}",
            location=Location(place),
            help="write it anew with `inspect log convert LOG --to eval --output-dir FOLDER`",
        ) from None


def shown(text: str) -> str:
    """Return a text that can be written down: a lone surrogate becomes a replacement sign."""
    return text.encode("utf-8", "replace").decode("utf-8") if not _whole(text) else text


def _whole(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text) if text else True


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("one key occurs twice in one object")
    return found
