"""The gate against a slow and obvious reference: try every way the unknown could turn out.

The reference knows no third value. It lists all completions (each unknown fact takes each of its
levels, each rate each value on a grid inside its interval) and evaluates every one with plain
Boolean logic. The gate must enclose what it finds (7.5); where no field occurs twice it must be
exact. With repeated fields Kleene's logic may be wider (1.5): that is the price of speed, and it
only ever errs towards inconclusive.
"""

import itertools
import random
from collections.abc import Iterator

import pytest

from shipworthy.frameworks import Evidence, evaluate
from shipworthy.kernel import decimal_string, digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Bounds,
    Condition,
    Field,
    Finding,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate, Ruling

LADDER = ["stop", "hold", "restricted", "deploy"]
SCALES = [["no", "yes"], ["moderate", "high", "critical"], ["s0", "s1", "s2"]]
STEP = 10  # percent: limits of generated atoms lie between grid points
Case = dict[str, str | int]


def reference_levels(book: Rulebook, known: Case) -> Iterator[int]:
    """Yield the decision level of every completion."""
    choices: list[list[tuple[str, str | int]]] = []
    for field in book.fields:
        if isinstance(field, LevelField) and not field.definitions:
            options = [known[field.name]] if field.name in known else list(field.levels)
            choices.append([(field.name, option) for option in options])
        elif isinstance(field, QuantityField):
            options = [known[field.name]] if field.name in known else [0, 50, 100]
            choices.append([(field.name, option) for option in options])
        elif isinstance(field, RateField):
            low, high = known.get(field.name, (0, 100))
            choices.append([(field.name, rate) for rate in range(low, high + 1, STEP)])
    for completion in itertools.product(*choices):
        case = dict(completion)
        yield min(
            [
                LADDER.index(rule.ceiling)
                for rule in book.rules
                if (rule.when is None or holds(rule.when, book, case))
                and not (
                    rule.requires
                    and all(holds(need.condition, book, case) for need in rule.requires)
                )
            ],
            default=len(LADDER) - 1,
        )


def holds(condition: Condition, book: Rulebook, case: Case) -> bool:
    if isinstance(condition, AllOf):
        return all(holds(member, book, case) for member in condition.of)
    if isinstance(condition, AnyOf):
        return any(holds(member, book, case) for member in condition.of)
    if isinstance(condition, AtLeast):
        return sum(holds(member, book, case) for member in condition.of) >= condition.needed
    field = next(field for field in book.fields if field.name == condition.field)
    if isinstance(field, LevelField):
        level = derived_level(field, book, case) if field.definitions else case[field.name]
        left, right = field.levels.index(level), field.levels.index(condition.value)
    elif isinstance(field, QuantityField):
        left, right = float(case[field.name]), float(condition.value)
    else:
        left, right = case[field.name], 100 * float(condition.value)
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "==": left == right,
        "!=": left != right,
    }[condition.operator]


def derived_level(field: LevelField, book: Rulebook, case: Case) -> str:
    """Return the riskiest level whose definition holds, else the least risky level."""
    reached = [d.level for d in field.definitions if holds(d.when, book, case)]
    order = list(field.levels) if field.riskier == "up" else list(reversed(field.levels))
    return max(reached, key=order.index, default=order[0])


class Generator:
    """Random rulebooks and evidence; with `once` no field occurs in two atoms."""

    def __init__(self, seed: int, *, once: bool) -> None:
        self.random = random.Random(seed)
        self.once = once
        self.fields: list[Field] = [self.fresh(i) for i in range(5)]
        self.free = self.random.sample(self.fields, len(self.fields))

    def fresh(self, index: int) -> Field:
        kind = self.random.choice(["levels", "levels", "levels", "rate", "quantity"])
        riskier = self.random.choice(["up", "down"])
        if kind == "levels":
            levels = tuple(self.random.choice(SCALES))
            return LevelField(name=f"f{index}", levels=levels, riskier=riskier)
        if kind == "rate":
            return RateField(name=f"f{index}", finding=f"asr.f{index}.bare", riskier=riskier)
        return QuantityField(name=f"f{index}", unit="u", riskier=riskier)

    def atom(self) -> Atom:
        field = self.free.pop() if self.once else self.random.choice(self.fields)
        sign = self.random.choice(["<", "<=", ">", ">="])
        if isinstance(field, LevelField):
            if not field.definitions:
                sign = self.random.choice([sign, "==", "!="])
            return Atom(field=field.name, operator=sign, value=self.random.choice(field.levels))
        if isinstance(field, QuantityField):
            return Atom(field=field.name, operator=sign, value=self.random.choice(["30", "70.5"]))
        limit = self.random.choice(["0.05", "0.25", "0.55"])
        bound = self.random.choice(["upper", "lower", "point"])
        return Atom(field=field.name, operator=sign, value=limit, bound=bound)

    def condition(self) -> Condition | None:
        size = self.random.randint(1, 3)
        if self.once:
            size = min(size, len(self.free))
        members = tuple(self.atom() for _ in range(size))
        if not members:
            return None
        if len(members) == 1:
            return members[0]
        shape = self.random.choice(["all", "any", "at-least"])
        if shape == "all":
            return AllOf(of=members)
        if shape == "any":
            return AnyOf(of=members)
        return AtLeast(needed=self.random.randint(1, len(members)), of=members)

    def rulebook(self) -> Rulebook:
        if self.random.random() < 0.6:
            self.add_derived()
        rules = []
        for number in range(self.random.randint(1, 3)):
            when = self.condition() if self.random.random() < 0.6 else None
            need = self.condition()
            if when is None and need is None:
                continue
            requires = () if need is None else (need,)
            rules.append(
                Rule(
                    id=f"r{number}",
                    gate="deploy",
                    when=when,
                    requires=tuple(
                        Requirement(id=f"q{number}", title="q", condition=c, clauses=())
                        for c in requires
                    ),
                    ceiling=self.random.choice(LADDER[:-1]),
                    clauses=(),
                )
            )
        return Rulebook(
            id="t",
            version="1",
            title="t",
            source_digest=digest_text("t"),
            deployments=("internal",),
            decisions={"deploy": tuple(LADDER)},
            go={"deploy": "restricted"},
            fields=tuple(self.fields),
            rules=tuple(rules),
            roles=("lead",),
        )

    def add_derived(self) -> None:
        definitions = []
        for level in ("mid", "high"):
            condition = self.condition()
            if condition is not None:
                definitions.append(LevelDefinition(level=level, when=condition))
        if definitions:
            field = LevelField(
                name="derived",
                levels=("low", "mid", "high"),
                riskier="up",
                definitions=tuple(definitions),
            )
            self.fields.append(field)
            self.free.insert(self.random.randint(0, len(self.free)), field)

    def evidence(self) -> tuple[Case, Evidence]:
        known: Case = {}
        facts: dict[str, str] = {}
        findings: dict[str, Finding] = {}
        for field in self.fields:
            if self.random.random() < 0.4 or (isinstance(field, LevelField) and field.definitions):
                continue
            if isinstance(field, LevelField):
                facts[field.name] = known[field.name] = self.random.choice(field.levels)
            elif isinstance(field, QuantityField):
                facts[field.name] = known[field.name] = self.random.choice(["0", "50", "100"])
            else:
                low, high = sorted(self.random.choices(range(0, 101, STEP), k=2))
                known[field.name] = (low, high)
                findings[field.finding] = measured(field.finding, low, high)
        return known, Evidence(findings, facts, DeploymentType.INTERNAL)


def measured(name: str, low: int, high: int) -> Finding:
    return Finding(
        id=name,
        metric="asr",
        domain="d",
        arm=Arm.BARE,
        rate=Rate(successes=low, attempts=100 - (high - low), unassessed=high - low),
        bounds=Bounds(
            method="test",
            alpha="0.05",
            lower=decimal_string(low / 100),
            upper=decimal_string(high / 100),
            upper_adjusted=decimal_string(high / 100),
            scenarios=100,
            scenarios_with_success=low,
            design_effect="1.000000",
        ),
        judges=(),
        plan=digest_text("plan"),
    )


@pytest.mark.parametrize("block", range(8))
def test_the_gate_encloses_every_completion(block):
    for seed in range(block * 60, block * 60 + 60):
        generator = Generator(seed, once=False)
        book = generator.rulebook()
        known, evidence = generator.evidence()
        found = evaluate(book, evidence, "deploy")
        levels = set(reference_levels(book, known))
        assert LADDER.index(found.level_worst) <= min(levels), seed
        assert LADDER.index(found.level_best) >= max(levels), seed
        if found.ruling is Ruling.GO:
            assert min(levels) >= LADDER.index("restricted"), seed
        if found.ruling is Ruling.NO_GO:
            assert max(levels) < LADDER.index("restricted"), seed


@pytest.mark.parametrize("block", range(8))
def test_the_gate_is_exact_where_no_field_occurs_twice(block):
    for seed in range(10_000 + block * 60, 10_000 + block * 60 + 60):
        generator = Generator(seed, once=True)
        book = generator.rulebook()
        known, evidence = generator.evidence()
        found = evaluate(book, evidence, "deploy")
        levels = set(reference_levels(book, known))
        assert LADDER.index(found.level_worst) == min(levels), seed
        assert LADDER.index(found.level_best) == max(levels), seed


def test_a_repeated_field_may_be_judged_more_cautiously_than_by_cases():
    live = LevelField(name="live", levels=("no", "yes"), riskier="down")
    either = AnyOf(
        of=(
            Atom(field="live", operator="==", value="yes"),
            Atom(field="live", operator="==", value="no"),
        )
    )
    book = Rulebook(
        id="t",
        version="1",
        title="t",
        source_digest=digest_text("t"),
        deployments=("internal",),
        decisions={"deploy": tuple(LADDER)},
        go={"deploy": "deploy"},
        fields=(live,),
        rules=(
            Rule(
                id="r",
                gate="deploy",
                when=None,
                requires=(Requirement(id="q", title="q", condition=either, clauses=()),),
                ceiling="hold",
                clauses=(),
            ),
        ),
        roles=(),
    )
    found = evaluate(book, Evidence({}, {}, DeploymentType.INTERNAL), "deploy")
    assert set(reference_levels(book, {})) == {LADDER.index("deploy")}
    assert (found.level_worst, found.level_best) == ("hold", "deploy")
    assert found.ruling is Ruling.INCONCLUSIVE
