"""The verifier's rule evaluator against the gate, on rulebooks and evidence drawn at random."""

import json
import random

import msgspec
import pytest

from shipworthy.frameworks import Case as OurCase
from shipworthy.frameworks import Evidence, compile_rulebook, load_framework
from shipworthy.kernel import canonical_bytes, digest_bytes
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Bounds,
    Fact,
    Finding,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
    ThreatScenario,
)
from shipworthy.stages.deciding import DraftTerms, decide
from shipworthy.vocabulary import Arm, DeploymentType, Rate
from shipworthy_verify.rules import Case, evaluate, in_force

PLAN = digest_bytes(b"plan")
SIGNS = ("<", "<=", ">", ">=", "==", "!=")
LEVELS = ("low", "medium", "high")
NUMBERS = ("0.1", "0.25", "0.250000", "0.5", "0.9", "0")
FACT_FIELDS = ("owner", "security", "hours")
RATES = ("asr.a.bare", "asr.b.bare", "over-refusal.all.bare")


class Draw:
    """Random rulebooks, findings and facts under a seed."""

    def __init__(self, seed):
        self.rnd = random.Random(seed)

    def fields(self):
        pick = self.rnd.choice
        return (
            LevelField(name="owner", levels=LEVELS, riskier=pick(["up", "down"])),
            LevelField(name="security", levels=LEVELS[:2], riskier=pick(["up", "down"])),
            QuantityField(name="hours", unit="h", riskier="up"),
            *(
                RateField(name=f"r{i}", finding=f, riskier=pick(["up", "down"]))
                for i, f in enumerate(RATES)
            ),
            LevelField(
                name="risk",
                levels=LEVELS,
                riskier=pick(["up", "down"]),
                definitions=tuple(
                    LevelDefinition(level=pick(LEVELS), when=self.condition(1, derived=False))
                    for _ in range(self.rnd.randint(1, 3))
                ),
            ),
        )

    def atom(self, *, derived):
        pick = self.rnd.choice
        names = ["owner", "security", "hours", "r0", "r1", "r2", "deployment"]
        name = pick([*names, "risk", "risk"] if derived else names)
        sign = pick(SIGNS)
        match name:
            case "deployment":
                value = pick(list(DeploymentType)).value
            case "hours":
                value = pick(NUMBERS)
            case "security":
                value = pick(LEVELS[:2])
            case "owner" | "risk":
                value = pick(LEVELS)
            case _:
                bound = pick(["upper", "lower", "point"])
                return Atom(field=name, operator=sign, value=pick(NUMBERS), bound=bound)
        return Atom(field=name, operator=sign, value=value)

    def condition(self, depth, *, derived=True):
        if depth == 0 or self.rnd.random() < 0.4:
            return self.atom(derived=derived)
        members = tuple(
            self.condition(depth - 1, derived=derived) for _ in range(self.rnd.randint(0, 3))
        )
        kind = self.rnd.randrange(3)
        if kind == 2:
            return AtLeast(needed=self.rnd.randint(0, 3), of=members)
        return (AllOf if kind else AnyOf)(of=members)

    def rulebook(self):
        pick = self.rnd.choice
        rules = tuple(
            Rule(
                id=f"rule-{n}",
                gate=pick(["deploy", "deploy", "develop"]),
                when=None if self.rnd.random() < 0.3 else self.condition(2),
                requires=tuple(
                    Requirement(
                        id=f"q-{n}-{m}",
                        title="t",
                        condition=self.condition(2),
                        clauses=(f"c-{self.rnd.randint(1, 4)}",),
                        illustrative=pick([True, False]),
                    )
                    for m in range(self.rnd.randint(0, 3))
                ),
                ceiling=pick(["stop", "hold", "limited", "full"]),
                clauses=(f"c-{self.rnd.randint(1, 4)}",),
            )
            for n in range(self.rnd.randint(0, 5))
        )
        ladder = ("stop", "hold", "limited", "full")
        return Rulebook(
            id="random",
            version="1",
            title="t",
            source_digest=PLAN,
            deployments=("api", "closed-product", "internal"),
            decisions={"deploy": ladder, "develop": ladder},
            go={"deploy": pick(ladder), "develop": "full"},
            fields=self.fields(),
            rules=rules,
            roles=("lead",),
            alpha=pick(["0.05", "0.01"]),
            scenarios=tuple(self.scenario(n) for n in range(self.rnd.choice([0, 0, 1, 2]))),
        )

    def scenario(self, number):
        return ThreatScenario(
            id=f"o.s{number}",
            outcome="o",
            about="a",
            when=None if self.rnd.random() < 0.4 else self.condition(1),
            evidence=tuple(
                self.rnd.sample(("owner", "security", "hours", "r0", "r1"), self.rnd.randint(1, 2))
            ),
        )

    def findings(self):
        return tuple(self.finding(name) for name in RATES if self.rnd.random() < 0.8)

    def finding(self, name):
        pick = self.rnd.choice
        attempts = self.rnd.randint(0, 4)
        low, high = sorted(pick(NUMBERS) for _ in range(2))
        bounds = Bounds(
            method="m",
            alpha=pick(["0.05", "0.01"]),
            lower=low,
            upper=high,
            upper_adjusted=pick([high, high, "1.000000", "", "0"]),
            scenarios=1,
            scenarios_with_success=0,
            design_effect="1",
        )
        return Finding(
            id=name,
            metric="asr",
            domain="a",
            arm=Arm.BARE,
            rate=Rate(
                successes=self.rnd.randint(0, attempts),
                attempts=attempts,
                unassessed=self.rnd.randint(0, 2),
            ),
            bounds=pick([bounds, bounds, bounds, None]),
            judges=(),
            plan=PLAN,
            blockers=pick([(), (), ("control failed",)]),
        )

    def facts(self):
        values = {"owner": LEVELS, "security": LEVELS[:2], "hours": NUMBERS}
        return tuple(
            Fact(field=name, value=self.rnd.choice(values[name]), judged_by="Ada", record="r")
            for name in FACT_FIELDS
            if self.rnd.random() < 0.7
        )


def both(rulebook, findings, facts, deployment, gate, day="2026-11-22"):
    terms = DraftTerms(
        subject=PLAN,
        plan=PLAN,
        deployment=deployment,
        gate=gate,
        drafted_at=f"{day}T06:00:00Z",
        expires_at="2099-12-22T06:00:00Z",
    )
    decision = json.loads(canonical_bytes(decide(rulebook, findings, facts, terms)))
    plain = json.loads(canonical_bytes([rulebook, findings, facts]))
    case = Case(plain[0], {f["id"]: f for f in plain[1]}, plain[2], deployment.value)
    return decision, evaluate(case, gate, terms.drafted_at)


def assert_same(decision, ours):
    prose = {"why", "missing", "flip"}
    for key, value in ours.items():
        theirs = decision[key]
        if key in {"levels", "requirements"}:
            theirs = [{k: v for k, v in part.items() if k not in prose} for part in theirs]
        assert theirs == value, key


@pytest.mark.parametrize("batch", range(6))
def test_both_evaluators_say_the_same_of_random_cases(batch):
    rulings = set()
    for seed in range(100):
        draw = Draw(batch * 1000 + seed)
        case = draw.rulebook(), draw.findings(), draw.facts()
        deployment = draw.rnd.choice(list(DeploymentType))
        gate = draw.rnd.choice(["deploy", "develop"])
        decision, ours = both(*case, deployment, gate)
        assert_same(decision, ours)
        rulings.add(decision["ruling"])
    assert rulings == {"go", "no-go", "inconclusive"}


@pytest.mark.parametrize("deployment", list(DeploymentType))
@pytest.mark.parametrize("framework", ["starter", "meta-advanced-ai-scaling-framework-2"])
def test_both_evaluators_say_the_same_of_the_library_without_evidence(framework, deployment):
    rulebook = compile_rulebook(load_framework(framework))
    decision, ours = both(rulebook, (), (), deployment, "deploy")
    assert_same(decision, ours)
    assert ours["ruling"] != "go"


PERIODS = [
    # Semantics 6.6: first day, last day, day of the draft, whether a go can be drafted.
    ("", "", "2026-11-22", True),
    ("2026-11-22", "", "2026-11-22", True),
    ("2026-11-23", "", "2026-11-22", False),
    ("", "2026-11-22", "2026-11-22", True),
    ("", "2026-11-21", "2026-11-22", False),
    ("2026-11-01", "2026-11-30", "2026-11-22", True),
    ("2026-11-01", "2026-11-30", "2026-10-31", False),
    ("2026-11-01", "2026-11-30", "2026-12-01", False),
    ("2025-01-01", "2025-12-31", "2026-01-01", False),
]


@pytest.mark.parametrize(("start", "end", "day", "open_to_go"), PERIODS)
def test_the_dates_of_a_framework_only_turn_a_go_into_inconclusive(start, end, day, open_to_go):
    """Both programs, on random cases: a go needs the framework in force, nothing else changes."""
    goes = 0
    for seed in range(60):
        draw = Draw(seed)
        undated, findings, facts = draw.rulebook(), draw.findings(), draw.facts()
        deployment = draw.rnd.choice(list(DeploymentType))
        dated = msgspec.structs.replace(undated, in_force_from=start, in_force_until=end)
        decision, ours = both(dated, findings, facts, deployment, "deploy", day)
        assert_same(decision, ours)
        plain, _ = both(undated, findings, facts, deployment, "deploy", day)
        goes += plain["ruling"] == "go"
        turned = plain["ruling"] == "go" and not open_to_go
        assert decision["ruling"] == ("inconclusive" if turned else plain["ruling"])
        assert {k: decision[k] for k in ("level_worst", "level_best", "levels", "rules")} == {
            k: plain[k] for k in ("level_worst", "level_best", "levels", "rules")
        }
    assert goes > 0


def test_the_verifier_reads_rulebooks_from_before_dates_hedges_and_discretion():
    """Bundles that were written by earlier versions still verify."""
    new = {"in_force_from", "in_force_until", "review_by", "hedges", "discretion", "bound"}

    def older(value):
        if isinstance(value, dict):
            atom = value.get("type") == "atom"
            kept = {k: v for k, v in value.items() if k not in new or (atom and k == "bound")}
            return {k: older(v) for k, v in kept.items()}
        return [older(v) for v in value] if isinstance(value, list) else value

    rulings = set()
    for seed in range(60):
        draw = Draw(seed)
        rulebook, findings, facts = draw.rulebook(), draw.findings(), draw.facts()
        deployment = draw.rnd.choice(list(DeploymentType))
        decision, _ = both(rulebook, findings, facts, deployment, "deploy")
        plain = json.loads(canonical_bytes([rulebook, findings, facts]))
        case = Case(older(plain[0]), {f["id"]: f for f in plain[1]}, plain[2], deployment.value)
        assert_same(decision, evaluate(case, "deploy", decision["drafted_at"]))
        rulings.add(decision["ruling"])
    assert "go" in rulings


def test_a_time_that_is_none_is_no_day_in_force():
    assert not in_force({"in_force_from": "2026-01-01"}, "2026-06-01 whenever")
    assert not in_force({"in_force_until": "2026-12-31"}, "")
    assert in_force({"in_force_from": "2026-01-01"}, "2026-06-01T00:00:00Z")


def test_levels_that_each_ask_the_one_before_twice_are_decided_and_read_at_once():
    """A hostile rulebook of sixty such levels would take for ever if each were worked out anew."""
    below = "base"
    fields = [LevelField(name=below, levels=("no", "yes"), riskier="up", judged_by="lead")]
    for number in range(60):
        asked = Atom(field=below, operator="==", value="yes")
        below = f"level-{number}"
        definition = LevelDefinition(level="yes", when=AnyOf(of=(asked, AllOf(of=(asked,)))))
        fields.append(
            LevelField(
                name=below, levels=("no", "yes"), riskier="up", definitions=(definition,) * 2
            )
        )
    book = msgspec.structs.replace(
        Draw(0).rulebook(),
        fields=tuple(fields),
        scenarios=(),
        rules=(
            Rule(
                id="r",
                gate="deploy",
                when=None,
                requires=(
                    Requirement(
                        id="q",
                        title="t",
                        condition=Atom(field=below, operator="==", value="no"),
                        clauses=("c",),
                    ),
                ),
                ceiling="stop",
                clauses=("c",),
            ),
        ),
    )
    (requirement,) = book.rules[0].requires
    ours = OurCase(book, Evidence(findings={}, facts={}, deployment=DeploymentType.INTERNAL))
    assert ours.reads(requirement.condition) == ("base",)
    plain = json.loads(canonical_bytes(book))
    found = evaluate(Case(plain, {}, [], "internal"), "deploy", "2026-11-22T00:00:00Z")
    assert found["requirements"][0]["reads"] == ["base"]
