"""What a plan can show, as a JSON document; probabilities are decimal strings."""

from dataclasses import asdict

import msgspec

from shipworthy.app.foresight import Foresight, Outlook, Question
from shipworthy.app.preparation import Design
from shipworthy.cli.output.plan_advice import reading_warnings
from shipworthy.cli.output.plan_text import goal_text, warnings
from shipworthy.stages.evaluating.prospects import EarlyDecision


def plan_document(design: Design, foresight: Foresight) -> dict[str, object]:
    """Return the document: power is rounded down, errors and bounds against us up."""
    header = design.file.assessment.assessment
    clean = foresight.clean
    return {
        "assessment": header.name,
        "framework": f"{design.rulebook.id} {design.rulebook.version}",
        "rulebook": design.rulebook.digest,
        "deployment": header.deployment.value,
        "gate": clean.gate,
        "size": {**asdict(foresight.size), "scenarios": dict(foresight.size.scenarios)},
        "safeguards": [layer.name for layer in design.stack.layers],
        "submission": _submission(foresight),
        "alpha": foresight.alpha,
        "gate_alpha": foresight.submission.alpha,
        "alpha_accepted": foresight.alpha_accepted,
        "clean_run": {
            "ruling": clean.ruling,
            "requirements": {f"{r.rule}/{r.requirement}": r.verdict for r in clean.requirements},
            "missing": list(clean.missing),
        },
        "can_be_kept": foresight.promising,
        "questions": [_question(question) for question in foresight.questions],
        "facts_missing": [asdict(fact) for fact in foresight.facts],
        "facts_missing_if": [asdict(fact) for fact in foresight.facts_if],
        "roles_missing": list(foresight.roles),
        "warnings": [*warnings(foresight), *reading_warnings(design)],
        "stops_early": foresight.stops_early,
    }


def _submission(foresight: Foresight) -> dict[str, object]:
    submission = foresight.submission
    return {
        "question": msgspec.to_builtins(submission.question),
        "number": submission.number,
        "spending": submission.spending,
        "error_spent": foresight.opposed.spent,
        "tried_before": {
            domain: {"tried": tried, "scenarios": planned}
            for domain, (tried, planned) in foresight.opposed.reused.items()
        },
    }


def _question(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "title": question.title,
        "clauses": list(question.clauses),
        "clean_run": "does not apply" if question.clean is None else question.clean.value,
        "why": question.why,
        "rates": [_outlook(outlook) for outlook in question.outlooks],
    }


def _outlook(outlook: Outlook) -> dict[str, object]:
    goal, found = outlook.goal, outlook.prospect
    said: dict[str, object] = {
        "goal": goal_text(goal),
        "finding": goal.field.finding,
        "limit": goal.atom.value,
        "planned": found is not None,
    }
    if found is None:
        return said
    bounds = found.clean.bounds
    read = None if bounds is None else {"lower": bounds.lower, "upper": bounds.upper_adjusted}
    return said | {
        "scenarios": len(found.rate.sizes),
        "attempts_each": max(found.rate.sizes[0], found.rate.attempts),
        "judges": [asdict(judge) for judge in found.judges],
        "sensitivity_lower": found.sensitivity,
        "clean_bounds": read,
        "method": None if bounds is None else bounds.method,
        "blockers": list(found.clean.blockers),
        "can_be_kept": found.can_be_kept,
        "tolerates": found.tolerates if found.can_be_kept else None,
        "tolerates_one_attempt_each": found.tolerates_spread,
        "scenarios_needed": dict(zip(("0", "1", "2"), found.needed, strict=True)),
        "kept": [asdict(chance) for chance in found.chances],
        "wrongly_kept_at_the_limit": asdict(found.wrong) if found.wrong else None,
        "chances_assume_attempts_alike": found.rate.repeated,
        "sequential": asdict(found.sequential) if found.sequential else None,
        "decided_early": _early(found.early) if found.early else None,
    }


def _early(early: EarlyDecision) -> dict[str, object]:
    return {
        "question": early.question.id,
        "design": early.question.design.canonical(),
        "passes": list(early.passes),
        "false_go": early.false_go,
        "false_fail": early.false_fail,
        "chances": [asdict(chance) for chance in early.chances],
    }
