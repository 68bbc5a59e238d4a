"""The gate against the independent verifier: two programs, one text, the same decision."""

import json
import random
from itertools import product

import msgspec
import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.kernel import digest_text
from shipworthy.records import (
    Bounds,
    Decision,
    Fact,
    Finding,
    LevelField,
    QuantityField,
    RateField,
    Rulebook,
)
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.vocabulary import Arm, DeploymentType, Rate
from shipworthy_verify import rules

PLAN = digest_text("plan")
LIBRARY = ("starter", "meta-advanced-ai-scaling-framework-2")
ENDS = ["0.000000", "0.004000", "0.019999", "0.020000", "0.050000", "0.100000", "0.300000", "0.6"]


def random_finding(random_: random.Random, field: RateField, faults: float) -> Finding:
    """A finding with any bounds, or with faults now and then and good numbers otherwise."""
    low, high = ENDS[:2]
    if random_.random() < faults:
        low, high = random_.choice([sorted(random_.choices(ENDS, k=2)), ("0", "nan")])
    bounds = Bounds(
        method="test",
        alpha=random_.choice(["0.01", "0.10"]) if random_.random() < faults else "0.05",
        lower=low,
        upper=low,
        upper_adjusted=high,
        scenarios=50,
        scenarios_with_success=1,
        design_effect="1.000000",
    )
    return Finding(
        id=field.finding,
        metric="asr",
        domain="d",
        arm=Arm.BARE,
        rate=Rate(successes=1, attempts=50, unassessed=random_.randint(0, 2)),
        bounds=None if random_.random() < faults / 5 else bounds,
        judges=(),
        plan=PLAN,
        blockers=("no control",) if random_.random() < faults / 5 else (),
    )


def random_facts(random_: random.Random, book: Rulebook, faults: float) -> list[Fact]:
    facts = []
    for field in book.fields:
        if random_.random() < faults / 5:
            continue
        if isinstance(field, LevelField) and not field.definitions:
            safest = field.levels[0] if field.riskier == "up" else field.levels[-1]
            value = random_.choice(field.levels) if random_.random() < faults else safest
        elif isinstance(field, QuantityField):
            value = random_.choice(["0", "40", "49.9", "50", "75", "80.1", "100"])
            if random_.random() > faults:
                value = "0" if field.riskier == "up" else "100"
        else:
            continue
        facts.append(Fact(field=field.name, value=value, judged_by="x", record="y"))
    return facts


def without_prose(decision: Decision) -> dict:
    plain = json.loads(msgspec.json.encode(decision))
    for entry in plain["requirements"]:
        for name in ("why", "missing", "flip"):
            del entry[name]
    for entry in plain["levels"]:
        del entry["why"]
    return plain


@pytest.mark.parametrize(
    ("name", "deployment", "gate"),
    list(product(LIBRARY, DeploymentType, ("deploy", "develop"))),
    ids=lambda value: getattr(value, "value", value),
)
def test_the_independent_verifier_draws_the_same_decision(name, deployment, gate):
    book = compile_rulebook(load_framework(name))
    random_ = random.Random(f"{name} {deployment.value} {gate}")
    for _ in range(12):
        book = msgspec.structs.replace(
            book,
            in_force_from=random_.choice(["", "2025-12-31", "2026-01-01", "2026-01-02"]),
            in_force_until=random_.choice(["", "2025-12-31", "2026-01-01", "2026-01-02"]),
        )
        faults = random_.choice([0.0, 0.02, 0.3, 1.0])
        findings = [
            random_finding(random_, field, faults)
            for field in book.fields
            if isinstance(field, RateField) and random_.random() >= faults / 5
        ]
        facts = random_facts(random_, book, faults)
        terms = DraftTerms(
            subject=digest_text("model"),
            plan=PLAN,
            deployment=deployment,
            gate=gate,
            drafted_at="2026-01-01T00:00:00Z",
            expires_at="2026-02-01T00:00:00Z",
        )
        ours = without_prose(decide(book, findings, facts, terms))
        case = rules.Case(
            json.loads(msgspec.json.encode(book)),
            {f.id: json.loads(msgspec.json.encode(f)) for f in findings},
            json.loads(msgspec.json.encode(facts)),
            deployment.value,
        )
        theirs = rules.evaluate(case, gate, terms.drafted_at)
        assert {key: ours[key] for key in theirs} == json.loads(json.dumps(theirs))
