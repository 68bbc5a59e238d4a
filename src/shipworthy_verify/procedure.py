"""Steps 10 to 13, 16 and 17, and the run through all of them."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from shipworthy_verify import campaign, chain
from shipworthy_verify.chain import Bundle, Refuse
from shipworthy_verify.claims import Records, agent_counts, claim_book, fault, human_figures
from shipworthy_verify.claims.pages import read_document, read_page, verdict_faults
from shipworthy_verify.live import (
    check_live,
    live_claims,
    lowered,
    standing_faults,
    uncounted,
    until,
    why,
)
from shipworthy_verify.reading import Refused, digest, digest_of, is_time, read_json
from shipworthy_verify.recount import language_claims, registry
from shipworthy_verify.recount.canaries import canary_results, check_canaries
from shipworthy_verify.recount.controls import (
    check_controls,
    control_claims,
    control_verdict_faults,
    tested,
)
from shipworthy_verify.recount.labels import check_labels
from shipworthy_verify.rules import Case, evaluate
from shipworthy_verify.signatures import open_statement

_SHOWN: Final = 12
"""Failures listed for one step and code; the rest are counted."""

_DAYS: Final = 90
"""For which a draft is open where an assessment does not say."""
_LONGEST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a bundle does not verify: a stable code and one sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """One step of the procedure and what it looked at."""

    number: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The result. `ok` only when every step ran and none failed.

    `ruling` is what the draft says; `standing` what it comes to with the sign-offs, until
    `expires_at`. A draft that says go is no go before every role has signed it. `because` says what
    live evidence has against the draft, if anything. `as_of` is the time of the last entry of the
    log: what took a go back after that is not in the bundle.
    """

    ok: bool
    checks: tuple[Check, ...]
    failures: tuple[Failure, ...]
    runner: str = ""
    ruling: str = ""
    standing: str = ""
    expires_at: str = ""
    because: str = ""
    as_of: str = ""


def verify_bundle(
    path: Path | str, trusted_keys: Iterable[str] = (), checkpoint: bytes | None = None
) -> Verification:
    """Verify the bundle in a folder.

    Args:
        path: the bundle.
        trusted_keys: key ids of which the runner's must be one; none: any runner is accepted.
        checkpoint: an earlier checkpoint of the same log, as bytes.

    Raises:
        OSError: the folder cannot be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NotADirectoryError(f"no bundle at `{folder}`")
    bundle = chain.load(folder, trusted_keys, checkpoint)
    checks: list[Check] = []
    failures: list[Failure] = []
    for number, (title, step) in enumerate(STEPS, start=1):
        found, detail = _run(step, bundle)
        failures.extend(one for one in _shortened(found) if one not in failures)
        if not found:
            checks.append(Check(number, title, detail))
        if detail == "" and number <= 4:
            # Without manifest, keys or log, what follows would only repeat the same news.
            break
    read = bundle.read.get("decision.json")
    decision = read if isinstance(read, dict) else {}
    return Verification(
        ok=not failures,
        checks=tuple(checks),
        failures=tuple(failures),
        runner=bundle.runner,
        ruling=str(decision.get("ruling", "")),
        standing=bundle.standing,
        expires_at=_expires(bundle, decision),
        because=bundle.because,
        as_of="" if failures else max((str(entry["at"]) for entry in bundle.entries), default=""),
    )


def _expires(bundle: Bundle, decision: dict[str, Any]) -> str:
    """Return when what stands stops standing: with the draft, or a confirmation before."""
    ends = [str(decision.get("expires_at", ""))]
    if bundle.standing == "go":
        ends += filter(None, [until(bundle)])
    return min(ends)


def check_decision(bundle: Bundle, refuse: Refuse) -> str:
    """10. Levels, rules, requirements and ruling evaluated again from the rulebook."""
    decision, plan = bundle.json("decision.json"), bundle.json("plan.json")
    book, rulebook = bundle.json("rulebook.json"), digest(bundle.data("rulebook.json"))
    for key, value in {
        "plan": bundle.plan_digest,
        "subject": digest_of(plan["subject"]),
        "framework": f"{book['id']} {book['version']}",
        "deployment": plan["deployment"],
        "rulebook": rulebook,
    }.items():
        if decision[key] != value:
            refuse("SV-DECISION-BINDING", f"the decision names another {key} than the bundle holds")
    if plan["framework_digest"] != rulebook or plan["framework"] != decision["framework"]:
        refuse("SV-RULEBOOK", "`rulebook.json` is not the framework that the plan names")
    findings = {finding["id"]: finding for finding in bundle.json("findings.json")["findings"]}
    facts = bundle.json("facts.json")["facts"]
    case = Case(book, findings, facts, decision["deployment"])
    for key, ours in evaluate(case, decision["gate"], decision["drafted_at"]).items():
        theirs = decision[key]
        if key in {"levels", "requirements"}:
            prose = {"why", "missing", "flip"}
            theirs = [{k: v for k, v in part.items() if k not in prose} for part in theirs]
        if theirs != ours:
            codes = {"ruling": "RULING", "requirements": "REQUIREMENT", "roles": "BINDING"}
            code = f"SV-DECISION-{codes.get(key, 'LEVEL')}"
            refuse(code, f"`{key}` of the decision is not what the rulebook gives")
    _check_period(bundle, decision, refuse)
    return f"{decision['ruling']} for {decision['deployment']}"


def _check_period(bundle: Bundle, decision: dict[str, Any], refuse: Refuse) -> None:
    """Hold the days for which a draft is open, and a go stands, to what was assessed."""
    header: Any = tomllib.loads(bundle.data("assessment.toml").decode()).get("assessment", {})
    days, drafted = header.get("expires_days", _DAYS), decision["drafted_at"]
    if not is_time(drafted) or type(days) is not int or not 0 < days <= _LONGEST_DAYS:
        refuse("SV-DECISION-PERIOD", "the decision is not open for a period that can be told")
        return
    try:
        ends = f"{datetime.fromisoformat(drafted) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        ends = ""
    if ends != decision["expires_at"]:
        refuse("SV-DECISION-PERIOD", f"the decision is not open for the {days} days assessed")
    logged = [e["at"] for e in bundle.logged("statement") if e["kind"] == "decision"]
    if logged and drafted > max(map(str, logged)):
        refuse("SV-DECISION-PERIOD", "the decision is dated after the log that holds it")


def check_sign_offs(bundle: Bundle, refuse: Refuse) -> str:
    """11. Over this decision, by listed keys in listed roles, each person and key once."""
    decision = bundle.json("decision.json")
    seats = {
        (k["keyid"], k["holder"], r) for k in bundle.manifest["keys"].values() for r in k["roles"]
    }
    signers: dict[str, tuple[str, str]] = {}
    said: dict[str, list[tuple[str, str]]] = {}
    last: dict[str, tuple[str, str]] = {}
    ours: set[str] = set()
    earlier, past = _before_the_draft(bundle), 0
    for path in bundle.under("signoffs/", ".dsse.json").values():
        ours.add(digest(bundle.files[path]))
        statement = open_statement(bundle.files[path], bundle.keys, path)
        words = statement.predicate
        whole = {"decision.json": digest(bundle.data("decision.json"))}
        if statement.kind != "sign-off" or statement.subjects != {
            "decision.json": words["decision"]
        }:
            refuse("SV-SIGNOFF-DECISION", f"`{path}` is not about a decision")
        elif statement.subjects != whole:
            if digest(bundle.files[path]) in earlier:
                past += 1
                continue
            refuse("SV-SIGNOFF-DECISION", f"`{path}` signs another decision")
        role, person = words["role"], words["person"]
        if role not in decision["roles"] or (statement.key, person, role) not in seats:
            refuse("SV-SIGNOFF-ROLE", f"`{path}`: the key is not listed for `{role}`, `{person}`")
        if words["position"] not in {"go", "no-go"} or not (
            decision["drafted_at"] <= words["signed_at"] <= decision["expires_at"]
        ):
            refuse("SV-SIGNOFF-TIME", f"`{path}` was not signed while the draft was open")
        seat = (role, statement.key)
        if signers.setdefault(person, seat) != seat or (
            sum(other == statement.key for _, other in signers.values()) > 1
        ):
            refuse("SV-SIGNOFF-TWICE", f"`{path}`: `{person}` or the key signs in two places")
        word = (words["signed_at"], words["position"])
        said.setdefault(role, []).append(word)
        last[person] = max(last.get(person, word), word)
    _check_logged(bundle, ours, refuse)
    by_signatures = _standing(decision, {position for _, position in last.values()}, set(said))
    bundle.agreed = by_signatures == "go"
    bundle.standing, bundle.because = lowered(by_signatures, bundle), why(bundle)
    signed = [
        f"{role} {' then '.join(position for _, position in sorted(given))}"
        for role, given in sorted(said.items())
    ]
    waiting = sorted(set(decision["roles"]) - set(said))
    detail = (
        f"signed: {', '.join(signed) or 'nobody'}; outstanding: {', '.join(waiting) or 'nobody'}"
    )
    return detail + (f"; {past} over earlier drafts" if past else "")


def _standing(decision: dict[str, Any], positions: set[str], roles: set[str]) -> str:
    """Return what the draft comes to before it expires (`semantics.md`, clause 10.4)."""
    if decision["ruling"] == "no-go" or "no-go" in positions:
        return "no-go"
    decided = bool(decision["roles"]) and set(decision["roles"]) <= roles
    return "go" if decision["ruling"] == "go" and decided else "inconclusive"


def _before_the_draft(bundle: Bundle) -> set[str]:
    """Return the sign-offs that were logged before the last statement of a decision."""
    earlier: set[str] = set()
    waiting: set[str] = set()
    for entry in bundle.logged("statement"):
        if entry["kind"] == "sign-off":
            waiting.add(entry["envelope"])
        elif entry["kind"] == "decision":
            earlier |= waiting
            waiting.clear()
    return earlier


def _check_logged(bundle: Bundle, ours: set[str], refuse: Refuse) -> None:
    """Every sign-off is in the log, and none that the log knows is held back."""
    entries = bundle.logged("statement")
    logged = {entry["envelope"] for entry in entries if entry["kind"] == "sign-off"}
    if ours - logged:
        refuse("SV-SIGNOFF-UNLOGGED", "a sign-off is not in the log")
    if logged - ours:
        refuse("SV-SIGNOFF-HIDDEN", f"{len(logged - ours)} logged sign-offs are held back")


def check_reports(bundle: Bundle, refuse: Refuse) -> str:
    """12. Every claim recomputed, value and text; verdicts as decided; no digit without a claim."""
    findings = bundle.json("findings.json")
    plan = bundle.json("plan.json")
    book = claim_book(
        Records(
            plan=plan,
            rulebook=bundle.json("rulebook.json"),
            facts=bundle.json("facts.json")["facts"],
            findings={finding["id"]: finding for finding in findings["findings"]},
            paired={finding["id"]: finding for finding in findings["paired"]},
            sequential={record["id"]: record for record in findings["sequential"]},
            cards=campaign.cards(bundle),
            cells=campaign.recount(bundle).cells,
            trials=campaign.trials(bundle),
            decision=bundle.json("decision.json"),
            submission=registry.standing(bundle).claims(plan),
            canaries=canary_results(bundle),
            stacks={record["id"]: record for record in findings["stacks"]},
            contrasts={record["id"]: record for record in findings["contrasts"]},
            suspicions={record["id"]: record for record in findings["suspicions"]},
            balances={record["id"]: record for record in findings["balances"]},
            agents=agent_counts(campaign.trials(bundle)),
            humans=human_figures(plan, bundle.json("scenarios.json")),
            controls=dict(control_claims(tested(bundle))),
            live=dict(live_claims(bundle)),
            languages=dict(
                language_claims(campaign.recount(bundle), bundle.json("scenarios.json"))
            ),
        )
    )
    page = read_page(bundle.data("report.html"))
    told = read_json(bundle.data("report.json"), "report.json", strictly=False)
    for text in page.loose:
        refuse("SV-REPORT-DIGIT", f"report.html has a number without evidence in `{text}`")
    for name, seen in (("report.html", page), ("report.json", read_document(told))):
        for sentence in seen.faults:
            refuse("SV-REPORT-MARKUP", f"{name} {sentence}")
        for sentence in verdict_faults(seen.marks, bundle.json("decision.json")):
            refuse("SV-REPORT-VERDICT", f"{name} {sentence}")
        for sentence in standing_faults(seen.marks, bundle.because):
            refuse("SV-REPORT-STANDING", f"{name} {sentence}")
        for sentence in uncounted((claim.id for claim in seen.claims), bundle):
            refuse("SV-REPORT-LIVE", f"{name} {sentence}")
        for sentence in control_verdict_faults(seen.marks, tested(bundle)):
            refuse("SV-REPORT-VERDICT", f"{name} {sentence}")
        for wrong in filter(None, (fault(claim, book) for claim in seen.claims)):
            refuse(wrong[0], f"{name}: {wrong[1]}")
    return f"{len(page.claims)} claims and {len(page.marks)} verdicts in report.html"


def check_reading(bundle: Bundle, refuse: Refuse) -> str:
    """13. What people read is what plan and trials draw; their labels are all that there are."""
    return check_labels(bundle, refuse, campaign.trials(bundle))


def check_tested_controls(bundle: Bundle, refuse: Refuse) -> str:
    """16. The controls that were tested are those planned; counts and limits are recomputed."""
    return check_controls(bundle, refuse, campaign.differences)


def _run(step: Callable[[Bundle, Refuse], str], bundle: Bundle) -> tuple[list[Failure], str]:
    """Run one step; a step that cannot go on is a failure, never a traceback."""
    found: list[Failure] = []
    detail = ""
    try:
        detail = step(bundle, lambda code, message: found.append(Failure(code, message)))
    except Refused as refused:
        found.append(Failure(refused.code, refused.message))
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as e:
        what = f"a record lacks its form ({type(e).__name__}: {e})"
        found.append(Failure("SV-RECORD", what))
    return found, detail


def _shortened(failures: list[Failure]) -> Iterator[Failure]:
    """Keep the first of each code and count the others."""
    counts: Counter[str] = Counter()
    for failure in failures:
        counts[failure.code] += 1
        if counts[failure.code] <= _SHOWN:
            yield failure
    for code, count in counts.items():
        if count > _SHOWN:
            yield Failure(code, f"{count - _SHOWN} more of this code in the same step")


STEPS: Final = (
    ("manifest", chain.check_manifest),
    ("files", chain.check_files),
    ("keys", chain.check_keys),
    ("log", chain.check_log),
    ("statements", chain.check_statements),
    ("plan", campaign.check_plan),
    ("runs", campaign.check_runs),
    ("trials", campaign.check_trials),
    ("findings", campaign.check_findings),
    ("decision", check_decision),
    ("sign-offs", check_sign_offs),
    ("reports", check_reports),
    ("labels", check_reading),
    ("registry", registry.check_registry),
    ("canaries", check_canaries),
    ("controls", check_tested_controls),
    ("live", check_live),
)
"""The procedure, in order; the docstring of the package says it in words."""
