"""What live evidence leaves of a standing (`semantics.md`, clause 13), from the log alone."""

from datetime import datetime, timedelta
from typing import Any, Final

from shipworthy_verify.chain import Bundle
from shipworthy_verify.reading import Json, Refused, is_digest, is_time

CONFIRMED: Final = "confirmed"
DEFECT: Final = "defect"
_LONGEST_DAYS: Final = 36_500


def terms(decision: Json) -> tuple[list[str], int, str]:
    """Return what a draft answers, and for how many days a confirmation of which deployment counts.

    0 days of no deployment: none is needed.

    Raises:
        Refused: `SV-ANSWERS` for terms that are malformed.
    """
    if "live" not in decision:
        return [], 0, ""
    live = decision["live"]
    if set(live) != {"answers", "confirmation_days", "confirmation_deployment"}:
        raise Refused("SV-ANSWERS", "what the decision says of live evidence lacks its form")
    answers, days = live["answers"], live["confirmation_days"]
    name = live["confirmation_deployment"]
    plain = isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= _LONGEST_DAYS
    named = isinstance(name, str) and bool(name.strip()) == bool(days)
    if not plain or not named or not (answers or days):
        raise Refused("SV-ANSWERS", "what the decision says of live evidence lacks its form")
    if not all(map(is_digest, answers)) or answers != sorted(set(answers)):
        raise Refused("SV-ANSWERS", "what the decision answers is no sorted list of digests")
    return answers, days, name


def open_reopenings(bundle: Bundle) -> list[Json]:
    """Return the re-openings that the draft, signed by every role, does not answer."""
    answered = _answered(bundle)
    return [e for e in bundle.logged("decision-reopened") if e["envelope"] not in answered]


def _answered(bundle: Bundle) -> list[str]:
    answers, _, _ = terms(bundle.json("decision.json"))
    return answers if bundle.agreed else []


def open_defects(bundle: Bundle) -> list[Json]:
    """Return the confirmations with a defect that the draft, signed, does not answer."""
    answered = _answered(bundle)
    known = bundle.logged("confirmation-logged")
    return [e for e in known if e["verdict"] == DEFECT and e["confirmation"] not in answered]


def until(bundle: Bundle) -> str:
    """Return until when the confirmation counts: an empty text where none counts at all."""
    _, days, name = terms(bundle.json("decision.json"))
    known = [e for e in bundle.logged("confirmation-logged") if e["deployment"] == name]
    if not days or not known or known[-1]["verdict"] != CONFIRMED:
        return ""
    last = known[-1]
    if not (is_time(last["at"]) and is_time(last["expires_at"])):
        return ""
    aged = datetime.fromisoformat(last["at"]) + timedelta(days=days)
    return min(str(last["expires_at"]), aged.strftime("%Y-%m-%dT%H:%M:%SZ"))


def lowered(base: str, bundle: Bundle) -> str:
    """Return the standing that live evidence leaves of one by signatures (13.5).

    A confirmation counts if it did when the report was published.
    """
    opened = open_reopenings(bundle)
    if base == "no-go" or open_defects(bundle):
        return "no-go"
    if any(entry["action"] == "roll-back" for entry in opened):
        return "no-go"
    _, days, _ = terms(bundle.json("decision.json"))
    wanting = bool(days) and until(bundle) < _published(bundle)
    return "inconclusive" if opened or wanting else base


def why(bundle: Bundle) -> str:
    """Say in one line what live evidence has against the draft; an empty text where nothing is."""
    opened, defects = open_reopenings(bundle), open_defects(bundle)
    if opened:
        strictest = next((e for e in opened if e["action"] == "roll-back"), opened[0])
        asked = f"{strictest['action']} {strictest['to']}".strip()
        more = f" and {len(opened) - 1} more" if len(opened) > 1 else ""
        return (
            f"RE-OPENED ({asked}) on {strictest['at']} by {strictest['by']}{more}: "
            f"{strictest['cause']}"
        )
    if defects:
        return f"a confirmation of {defects[-1]['at']} found a defect on the deployed path"
    _, days, name = terms(bundle.json("decision.json"))
    if days and until(bundle) < _published(bundle):
        return f"it needs a confirmation of the deployed path of `{name}`, and none counts"
    return ""


def _published(bundle: Bundle) -> str:
    """Return when the report was last stated; a text after all times where it never was."""
    stated: list[Any] = [
        entry["at"] for entry in bundle.logged("statement") if entry["kind"] == "report"
    ]
    return str(stated[-1]) if stated else "9999"
