"""Live statements against the log: all there, none twice, none of another campaign or time."""

import tomllib
from typing import Any, Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.live.comparisons import check_comparisons
from shipworthy_verify.live.incidents import check_incidents
from shipworthy_verify.live.probes import check_probes
from shipworthy_verify.live.standing import CONFIRMED, DEFECT, lowered, open_reopenings, terms
from shipworthy_verify.reading import Json, digest, is_time
from shipworthy_verify.signatures import Statement, open_statement

_KINDS: Final = {
    "confirmation-logged": ("confirmation", "confirmations", "confirmation"),
    "incident-logged": ("incident", "incidents", "envelope"),
    "decision-reopened": ("reopening", "reopenings", "envelope"),
    "monitoring-logged": ("monitoring", "monitoring", "monitoring"),
}
"""Type of an entry: kind of its statement, folder below `live/`, field with the envelope."""
_SAID: Final = {
    "confirmation": ("plan", "deployment", "verdict", "expires_at"),
    "incident": ("plan", "incident", "number", "at"),
    "reopening": ("plan", "decision", "cause", "action", "incident", "by", "at"),
    "monitoring": ("plan", "since", "until", "exchanges", "unassessed", "alarms", "at"),
}
"""Kind of a statement to the fields that its entry repeats."""
_HIDDEN: Final = {
    "confirmation": "SV-CONFIRMATION-HIDDEN",
    "incident": "SV-INCIDENT-HIDDEN",
    "reopening": "SV-REOPENING-HIDDEN",
    "monitoring": "SV-MONITORING-HIDDEN",
}
"""Kind of a statement to the code of one that the log knows and the bundle lacks."""
_VERDICTS: Final = {CONFIRMED, DEFECT, "inconclusive"}
_ORDER: Final = (
    *("internal", "limited", "controlled", "closed-product", "api"),
    *("fine-tuning-api", "open-weights"),
)
_MOST_DAYS: Final = 30
"""Days for which a confirmation counts where an assessment requires one and does not say."""


def check_live(bundle: Bundle, refuse: Refuse) -> str:
    """17. What was said of the deployment is whole, of this campaign, and as the log has it."""
    statements = _statements(bundle, refuse)
    _check_order(bundle, refuse)
    check_incidents(statements, refuse)
    for entry, statement in statements:
        if entry["type"] == "decision-reopened":
            _check_reopening(bundle, entry, statement, refuse)
        elif entry["type"] == "confirmation-logged":
            _check_confirmation(entry, statement, refuse)
            check_comparisons(statement.predicate, refuse)
        elif entry["type"] == "monitoring-logged":
            _check_monitoring(entry, refuse)
    _check_terms(bundle, refuse)
    counts = [len(bundle.logged(name)) for name in _KINDS]
    names = ("confirmations", "events of incidents", "re-openings", "monitor's statements")
    told = ", ".join(f"{count} {name}" for count, name in zip(counts, names, strict=True))
    left, probes = open_reopenings(bundle), check_probes(bundle, refuse)
    told = "; ".join(filter(None, (told, probes)))
    return told + (f"; {len(left)} re-openings unanswered" if left else "")


def _statements(bundle: Bundle, refuse: Refuse) -> list[tuple[Json, Statement]]:
    """Return entry and statement of all that are whole, in the order of the log."""
    found = []
    for kind, (name, folder, field) in _KINDS.items():
        files = bundle.under(f"live/{folder}/", ".dsse.json").values()
        paths = {digest(bundle.files[path]): path for path in files}
        logged = bundle.logged(kind)
        envelopes = [entry[field] for entry in logged]
        if len(set(envelopes)) < len(envelopes):
            refuse("SV-LIVE-TWICE", f"the log holds one statement of kind `{name}` twice")
        for strange in sorted(set(paths) - set(envelopes)):
            refuse("SV-LIVE-UNLOGGED", f"`{paths[strange]}` is not in the log")
        hidden = set(envelopes) - set(paths)
        if hidden:
            said = f"{len(hidden)} logged statements of kind `{name}` are held back"
            refuse(_HIDDEN[name], said)
        for entry in logged:
            if entry[field] in paths:
                path = paths[entry[field]]
                statement = open_statement(bundle.files[path], bundle.keys, path)
                _check_statement(bundle, entry, (name, path, statement), refuse)
                found.append((entry, statement))
    order = {id(entry): place for place, entry in enumerate(bundle.entries)}
    return sorted(found, key=lambda pair: order[id(pair[0])])


def _check_statement(
    bundle: Bundle, entry: Json, about: tuple[str, str, Statement], refuse: Refuse
) -> None:
    name, path, statement = about
    said = statement.predicate
    if entry["plan"] != bundle.plan_digest or said["plan"] != bundle.plan_digest:
        refuse("SV-LIVE-PLAN", f"`{path}` is of another campaign")
    subject = (
        {"decision.json": said["decision"]}
        if name == "reopening"
        else {"plan.json": bundle.plan_digest}
    )
    if statement.kind != name or statement.subjects != subject:
        refuse("SV-LIVE-ENTRY", f"`{path}` is not about what its kind is about")
    for key in _SAID[name]:
        if said[key] != entry[key]:
            refuse("SV-LIVE-ENTRY", f"the log says otherwise of `{path}` in `{key}` than it says")
    if not _may_sign(bundle, name, statement):
        refuse("SV-LIVE-SIGNER", f"`{path}` is not signed by who may say it")


def _may_sign(bundle: Bundle, name: str, statement: Statement) -> bool:
    """Whether the runner signed, or, for a re-opening, the person in the role that it names."""
    said = statement.predicate
    if name != "reopening" or not said["role"]:
        return bool(statement.key == bundle.runner)
    return any(
        key["keyid"] == statement.key
        and said["role"] in key["roles"]
        and said["by"] == key["holder"]
        for key in bundle.manifest["keys"].values()
    )


def _check_order(bundle: Bundle, refuse: Refuse) -> None:
    """Live entries are dated no earlier than what the log holds before them, and reported."""
    latest, reported = "", -1
    for place, entry in enumerate(bundle.entries):
        if entry["type"] == "statement" and entry["kind"] == "report":
            reported = place
        if entry["type"] in _KINDS and entry["at"] < latest:
            refuse(
                "SV-LIVE-TIME", f"a `{entry['type']}` is dated before what the log holds earlier"
            )
        latest = max(latest, str(entry["at"]))
    late = [entry for entry in bundle.entries[reported + 1 :] if entry["type"] in _KINDS]
    if late:
        refuse("SV-LIVE-UNREPORTED", f"{len(late)} live entries are younger than the report")


def _check_reopening(bundle: Bundle, entry: Json, statement: Statement, refuse: Refuse) -> None:
    said, decided = statement.predicate, bundle.json("plan.json")["deployment"]
    to = said["to"] or ""
    if to != entry["to"]:
        refuse("SV-LIVE-ENTRY", "the log says otherwise of a re-opening in `to` than it says")
    lower = _ORDER[: _ORDER.index(decided)]
    if entry["action"] not in {"expire", "restrict", "roll-back"} or (
        (to not in lower) if entry["action"] == "restrict" else to
    ):
        refuse("SV-REOPENING-ACTION", f"a re-opening asks for what cannot be: `{entry['action']}`")
    known = {one["incident"] for one in bundle.logged("incident-logged")}
    if entry["incident"] and entry["incident"] not in known:
        refuse("SV-INCIDENT-HIDDEN", f"the log lacks the incident `{entry['incident']}`")


def _check_confirmation(entry: Json, statement: Statement, refuse: Refuse) -> None:
    if entry["verdict"] not in _VERDICTS or not is_time(entry["expires_at"]):
        refuse("SV-CONFIRMATION-VERDICT", "a confirmation says what none can say")
    ended = statement.predicate.get("ended_at", "")
    if ended and (not is_time(ended) or ended > entry["at"]):
        refuse("SV-LIVE-TIME", "a confirmation was logged before it ended")


def _check_monitoring(entry: Json, refuse: Refuse) -> None:
    counts = (entry["exchanges"], entry["unassessed"], entry["alarms"])
    times = (entry["since"], entry["until"])
    plain = all(isinstance(count, int) and count >= 0 for count in counts)
    if not plain or not all(map(is_time, times)) or not times[0] <= times[1] <= entry["at"]:
        refuse("SV-MONITORING", "a monitor's statement has impossible amounts or times")


def _check_terms(bundle: Bundle, refuse: Refuse) -> None:
    """What the decision says of live evidence is what log and assessment give."""
    decision = bundle.json("decision.json")
    answers, days, name = terms(decision)
    known = {entry["envelope"]: entry["at"] for entry in bundle.logged("decision-reopened")}
    for entry in bundle.logged("confirmation-logged"):
        if entry["verdict"] == DEFECT:
            known[entry["confirmation"]] = entry["at"]
    for answer in answers:
        if answer not in known:
            refuse("SV-ANSWERS", "the decision answers what the log does not hold")
        elif known[answer] > decision["drafted_at"]:
            refuse("SV-ANSWERS", "the decision is dated before what it answers")
    section: Any = tomllib.loads(bundle.data("assessment.toml").decode()).get("confirmation")
    asked, of_which = 0, ""
    if isinstance(section, dict) and section.get("required", True):
        asked = section.get("max_age_days", _MOST_DAYS)
        of_which = section.get("deployment", "")
    if (asked, of_which) != (days, name):
        refuse("SV-CONFIRMATION-TERMS", "the decision asks for another confirmation than assessed")
    lowered("go", bundle)
