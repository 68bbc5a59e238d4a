"""Steps 6 to 9: what was planned is what ran, and what ran gives the findings."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.claims import cells_of
from shipworthy_verify.reading import Json, Refused, digest, digest_of, merkle_root
from shipworthy_verify.recount import Recount
from shipworthy_verify.recount.balance import Balances
from shipworthy_verify.recount.canaries import canary_results
from shipworthy_verify.recount.controls import control_findings, tested
from shipworthy_verify.recount.events import OUTCOMES
from shipworthy_verify.recount.labels import labels_of, read_declared
from shipworthy_verify.recount.registry import standing
from shipworthy_verify.rules import decimal
from shipworthy_verify.sequential import broken_promises, follow, read_questions

TOLERANCE: Final = 2e-6
"""Largest absolute difference between a recorded bound and ours."""

_LISTS: Final = {
    *("findings", "paired", "sequential", "stacks", "contrasts", "suspicions", "balances"),
    "curves",
    "efforts",
}
"""What `findings.json` holds."""
_WHOLE: Final = {
    *(
        "SV-SEQUENTIAL",
        "SV-STACK",
        "SV-CONTRAST",
        "SV-SUSPICION",
        "SV-BALANCE",
        "SV-CURVE",
        "SV-EFFORT",
    ),
}
"""Codes that do not tell counts from bounds."""
_TRIAL: Final = frozenset(
    {"id", "run", "scenario", "domain", "attack", "role", "arm", "seed", "request", "response"}
    | {"finish", "outcome", "judge", "layers", "usage", "suspects_test"}
)
_OUTCOMES: Final = {
    "breached": {"type"},
    "held": {"type", "by"},
    "answered": {"type", "useful"},
    "refused": {"type", "by"},
    "unassessed": {"type", "reason", "detail"},
    "solved": {"type"},
    "missed": {"type"},
    "acted": {"type", "progress", "violations"},
    "measured": {"type", "scores"},
}


def check_plan(bundle: Bundle, refuse: Refuse) -> str:
    """6. One plan, registered before the first run; cards and scenarios are those it names."""
    plan, registered = bundle.json("plan.json"), bundle.logged("plan-registered")
    if len(registered) != 1:
        refuse("SV-PLAN-COUNT", f"the log registers {len(registered)} plans, not one")
    if bundle.plan_digest not in {entry["plan"] for entry in registered}:
        refuse("SV-PLAN-UNREGISTERED", "`plan.json` is not the plan that the log registers")
    order = [entry["type"] for entry in bundle.entries]
    if "run-started" in order[: [*order, "plan-registered"].index("plan-registered")]:
        refuse("SV-PLAN-LATE", "the plan was registered after a run had started")
    _check_cards(bundle, plan, refuse)
    scenarios = bundle.json("scenarios.json")
    for name, entry in scenarios.items():
        if digest_of(entry["scenario"]) != entry["digest"] or entry["scenario"]["id"] != name:
            refuse("SV-SCENARIO", f"scenario `{name}` has another digest than it says")
    for item in plan["items"]:
        entry = scenarios.get(item["scenario"], {"digest": "", "scenario": {"domain": ""}})
        same_domain = entry["scenario"]["domain"] == item["domain"]
        if entry["digest"] != item["scenario_digest"] or not same_domain:
            refuse("SV-SCENARIO", f"scenario `{item['scenario']}` is not the one planned")
    for name, other in standing(bundle).repeated():
        refuse("SV-SCENARIO", f"scenario `{other}` is `{name}` once more, under another id")
    asked = len(read_questions(plan))
    told = f", {asked} questions that may end it early" if asked else ""
    told += ", a reading by people" if read_declared(plan) else ""
    return f"{len(plan['items'])} items, {len(plan['judges'])} judges{told}"


def _check_cards(bundle: Bundle, plan: Json, refuse: Refuse) -> None:
    cards = bundle.under("cards/", ".json")
    for judge, wanted in plan["judges"].items():
        path = cards.pop(judge, None)
        found = digest(bundle.files[path]) if path else ""
        if found != wanted or (path and bundle.json(path)["judge"] != judge):
            refuse("SV-CARD", f"the card of judge `{judge}` is not the one planned")
    for judge in cards:
        refuse("SV-CARD", f"a card of judge `{judge}`, whom the plan does not name")


def check_runs(bundle: Bundle, refuse: Refuse) -> str:
    """7. Every start has an end and a trial file of that length and root."""
    files = bundle.under("trials/", ".jsonl")
    opened: set[str] = set()
    ended: Counter[str] = Counter()
    for entry in (e for e in bundle.entries if e["type"] in {"run-started", "run-ended"}):
        run = entry["run"]
        if entry["plan"] != bundle.plan_digest:
            refuse("SV-RUN-PLAN", f"run `{run}` in the log belongs to another plan")
        if entry["type"] == "run-started":
            if run in opened:
                refuse("SV-RUN-TWICE", f"run `{run}` started more than once")
            opened.add(run)
        elif run not in opened:
            refuse("SV-RUN-UNLOGGED", f"run `{run}` ended before it started")
        else:
            ended[run] += 1
            _check_segment(bundle, entry, files.get(run), refuse)
    for run in sorted(opened):
        if ended[run] != 1:
            refuse("SV-RUN-OPEN", f"run `{run}` has {ended[run]} ends in the log, not one")
        if run not in files:
            refuse("SV-RUN-MISSING", f"the trials of run `{run}` are left out")
    for run in sorted(set(files) - opened):
        refuse("SV-RUN-UNLOGGED", f"the trials of run `{run}` have no start in the log")
    return f"{len(opened)} runs"


def _check_segment(bundle: Bundle, end: Json, path: str | None, refuse: Refuse) -> None:
    if path is None:
        return
    lines = [line for line, _ in bundle.lines(path)]
    if len(lines) != end["trials"]:
        refuse("SV-RUN-COUNT", f"`{path}` holds {len(lines)} trials, not {end['trials']}")
    if f"sha256:{merkle_root(lines).hex()}" != end["root"]:
        refuse("SV-TRIALS-ROOT", f"`{path}` has another root than the log")


def check_trials(bundle: Bundle, refuse: Refuse) -> str:
    """8. Every due cell once, asked as planned, nothing unplanned, judged by a planned judge."""
    plan = bundle.json("plan.json")
    digest = bundle.plan_digest  # of the whole file: once, not once a trial
    planned = {_trial_id(digest, item, arm): (item, arm) for item, arm in cells_of(plan)}
    seen: Counter[str] = Counter()
    for trial in trials(bundle):
        name = trial["id"]
        seen[name] += 1
        if name not in planned:
            refuse("SV-TRIAL-UNPLANNED", f"trial `{name}` is no cell of the plan")
            continue
        item, arm = planned[name]
        cell = {**item, "arm": arm}
        if any(trial[key] != cell[key] for key in cell.keys() - {"scenario_digest", "request"}):
            refuse("SV-TRIAL-CELL", f"trial `{name}` says another cell than its id")
        if trial["request"] != item["request"]:
            refuse("SV-TRIAL-REQUEST", f"trial `{name}` asked another request than the plan names")
        _check_outcome(trial, plan, refuse)
    for name in sorted(name for name, count in seen.items() if count > 1):
        refuse("SV-TRIAL-TWICE", f"trial `{name}` is there {seen[name]} times")
    streams = follow(plan, trials(bundle))
    left = (planned[name] for name in planned.keys() - seen.keys())
    missing = sum(streams.due(item, arm) for item, arm in left)
    how = ["completed", *(entry["how"] for entry in bundle.logged("run-ended"))]
    if missing and (how[-1] == "completed"):
        refuse("SV-TRIAL-MISSING", f"{missing} due trials are missing from a completed run")
    if missing and bundle.json("decision.json")["ruling"] == "go":
        refuse("SV-DECISION-INCOMPLETE", f"a GO with {missing} due trials missing")
    if "imported" in plan and bundle.json("decision.json")["ruling"] == "go":
        refuse("SV-DECISION-IMPORTED", "a GO on trials that were read from logs")
    if "external" in plan and bundle.json("decision.json")["ruling"] == "go":
        refuse("SV-DECISION-EXTERNAL", "a GO on trials that another program ran and scored")
    return f"{seen.total()} trials" + (f", {missing} due ones not run" if missing else "")


def _check_outcome(trial: Json, plan: Json, refuse: Refuse) -> None:
    outcome = trial["outcome"]
    legal = {"unassessed", *OUTCOMES.get(trial["role"], ("breached", "held"))}
    if outcome["type"] not in legal or set(outcome) != _OUTCOMES[outcome["type"]]:
        refuse("SV-TRIAL-OUTCOME", f"trial `{trial['id']}` has an outcome its role cannot have")
    elif set(trial) != _TRIAL or not isinstance(trial["suspects_test"], bool):
        refuse("SV-TRIAL-OUTCOME", f"trial `{trial['id']}` has other fields than a trial")
    elif (outcome["type"] != "unassessed" or trial["judge"]) and (
        trial["judge"] not in plan["judges"]
    ):
        refuse("SV-TRIAL-JUDGE", f"trial `{trial['id']}` was judged by no judge of the plan")


def check_findings(bundle: Bundle, refuse: Refuse) -> str:
    """9. Counts, bounds, blockers, pairs and verdicts recomputed from plan and trials alone."""
    document, ours = bundle.json("findings.json"), recount(bundle)
    mirrored = _balances(bundle, ours)
    wanted = ours.findings(bundle.plan_digest) | _of_controls(bundle)
    wanted |= mirrored.findings(standing(bundle).against)
    pairs = ours.paired(bundle.plan_digest)
    asked = ours.streams.records(bundle.plan_digest)
    stacks = ours.stacks(bundle.plan_digest)
    if set(document) != _LISTS:
        refuse("SV-FINDING-UNKNOWN", "`findings.json` holds something that is no finding")
    _match(document["findings"], wanted, "SV-FINDING", refuse)
    _match(document["paired"], pairs, "SV-PAIRED", refuse)
    _match(document["sequential"], asked, "SV-SEQUENTIAL", refuse)
    _match(document["stacks"], stacks, "SV-STACK", refuse)
    _match(document["contrasts"], ours.contrasts(bundle.plan_digest), "SV-CONTRAST", refuse)
    _match(document["suspicions"], ours.suspicions(bundle.plan_digest), "SV-SUSPICION", refuse)
    _match(document["balances"], mirrored.records, "SV-BALANCE", refuse)
    _match(document["curves"], ours.curves(bundle.plan_digest), "SV-CURVE", refuse)
    _match(document["efforts"], ours.efforts(bundle.plan_digest), "SV-EFFORT", refuse)
    found = {finding["id"]: finding for finding in document["findings"]}
    for sentence in broken_promises(asked, found):
        refuse("SV-SEQUENTIAL", sentence)
    told = f" and {len(asked)} verdicts" if asked else ""
    return f"{len(wanted)} findings, {len(pairs)} pairs{told} recomputed"


def _balances(bundle: Bundle, ours: Recount) -> Balances:
    """Return what the trials that count say of opposite views."""
    due = [trial for trial in trials(bundle) if ours.streams.due(trial, trial["arm"])]
    return Balances(
        bundle.json("plan.json"), bundle.json("scenarios.json"), due, bundle.plan_digest
    )


def _of_controls(bundle: Bundle) -> dict[str, Json]:
    """Return the findings of the test of controls, where the plan registers one."""
    record = tested(bundle)
    if record is None:
        return {}
    against = standing(bundle).against
    found = control_findings(bundle.json("plan.json"), bundle.plan_digest, record, against)
    return {finding["id"]: finding for finding in found}


def _match(found: list[Json], wanted: dict[str, Json], code: str, refuse: Refuse) -> None:
    def wrong(aspect: str, message: str) -> None:
        refuse(code if code in _WHOLE else f"{code}-{aspect}", message)

    names = Counter(record["id"] for record in found)
    for name in sorted(wanted.keys() - names.keys()):
        wrong("MISSING", f"finding `{name}` is left out")
    for name in sorted(name for name, n in names.items() if n > 1 or name not in wanted):
        wrong("UNKNOWN", f"finding `{name}` follows from no trials, or occurs twice")
    for record in found:
        for path in differences(record, wanted.get(record["id"], record), ""):
            part = path.split(".")[0]
            aspect = {"bounds": "BOUNDS", "blockers": "BLOCKERS"}.get(part, "COUNTS")
            wrong(aspect, f"`{path}` of finding `{record['id']}` is not what we find")


def differences(found: Any, wanted: Any, path: str) -> Iterator[str]:
    """Yield where a record differs from ours.

    Our floats stand for decimal strings near them, our fractions for those of the same value.
    """
    if isinstance(wanted, Fraction):
        if decimal(found) != wanted:
            yield path
    elif isinstance(wanted, float):
        number = decimal(found)
        if number is None or abs(float(number) - wanted) > TOLERANCE:
            yield path
    elif isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in wanted or key not in found:
                yield inner
            else:
                yield from differences(found[key], wanted[key], inner)
    elif found != wanted or type(found) is not type(wanted):
        yield path


def trials(bundle: Bundle) -> list[Json]:
    """Return all trials of the bundle."""
    found: list[Json] = []
    for run, path in bundle.under("trials/", ".jsonl").items():
        found.extend(trial for _, trial in bundle.lines(path))
        if any(trial["run"] != run for _, trial in bundle.lines(path)):
            raise Refused("SV-TRIAL-CELL", f"a trial in `{path}` says it is of another run")
    return found


def cards(bundle: Bundle) -> dict[str, Json]:
    """Return the judges' cards by judge."""
    return {judge: bundle.json(path) for judge, path in bundle.under("cards/", ".json").items()}


def recount(bundle: Bundle) -> Recount:
    """Count all trials of the bundle, once: two steps ask for it."""
    if bundle.recounted is None:
        plan, labels = bundle.json("plan.json"), labels_of(bundle)
        against = standing(bundle).against
        asked = canary_results(bundle)
        bundle.recounted = Recount(trials(bundle), plan, cards(bundle), labels, against, asked)
    found: Recount = bundle.recounted
    return found


def _trial_id(plan: str, item: Json, arm: str) -> str:
    parts = [plan, item["scenario"], item["attack"], item["role"], arm, item["seed"]]
    return f"t-{digest_of(parts).removeprefix('sha256:')[:24]}"
