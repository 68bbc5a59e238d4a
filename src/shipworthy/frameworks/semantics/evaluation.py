"""What a rulebook says of a case: three-valued, worst and best at once.

The meaning is fixed by `spec/semantics.md`; clause numbers in the docstrings are its.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from shipworthy.frameworks.semantics.atoms import (
    DEPLOYMENT,
    by_risk,
    level_truth,
    negation,
    quantity_truth,
    rate_truth,
    risk,
    satisfying,
)
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    Field,
    Finding,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import (
    DeploymentType,
    Ruling,
    Truth,
    Verdict,
    at_least,
    conjunction,
    disjunction,
)

Gate = Literal["deploy", "develop"]

_VERDICT = {
    Truth.TRUE: Verdict.KEPT,
    Truth.FALSE: Verdict.BROKEN,
    Truth.UNKNOWN: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a case: findings by id, values of facts by field, where the model goes."""

    findings: Mapping[str, Finding]
    facts: Mapping[str, str]
    deployment: DeploymentType


@dataclass(frozen=True, slots=True)
class LevelInterval:
    """The levels a field may have, from least to most risky (3.3)."""

    best: str
    worst: str


@dataclass(frozen=True, slots=True)
class RequirementOutcome:
    """One requirement of one rule (5.3)."""

    requirement: Requirement
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One rule of the gate (5.2, 5.4)."""

    rule: Rule
    applies: Truth
    triggered: Truth
    requirements: tuple[RequirementOutcome, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole answer; `levels` follows the order of the rulebook's level fields."""

    levels: Mapping[str, LevelInterval]
    rules: tuple[RuleOutcome, ...]
    level_worst: str
    level_best: str
    ruling: Ruling


def evaluate(rulebook: Rulebook, evidence: Evidence, gate: Gate) -> Evaluation:
    """Evaluate the rules of a gate.

    Raises:
        Problem: `rulebook-invalid` for a rulebook that no loader would have produced, and
            `gate-undefined` when the rulebook has no decision levels for the gate (6.5).
    """
    if gate not in rulebook.decisions or gate not in rulebook.go:
        raise Problem.of(
            "gate-undefined",
            f"framework `{rulebook.id}` does not define the gate `{gate}`",
            help=did_you_mean(gate, rulebook.decisions),
        )
    case = Case(rulebook, evidence)
    rules = tuple(_rule(rule, case) for rule in rulebook.rules if rule.gate == gate)
    ladder = rulebook.decisions[gate]
    worst = _ceiling(rules, ladder, {Truth.TRUE, Truth.UNKNOWN})
    best = _ceiling(rules, ladder, {Truth.TRUE})
    return Evaluation(
        levels={
            field.name: case.interval(field)
            for field in rulebook.fields
            if isinstance(field, LevelField)
        },
        rules=rules,
        level_worst=worst,
        level_best=best,
        ruling=_ruling(rules, ladder, rulebook.go[gate], (worst, best), case),
    )


class Case:
    """A rulebook together with evidence: truths of conditions, levels of fields."""

    def __init__(self, rulebook: Rulebook, evidence: Evidence) -> None:
        self.rulebook = rulebook
        self.evidence = evidence
        self._fields: dict[str, Field] = {field.name: field for field in rulebook.fields}
        if DEPLOYMENT.name in self._fields or len(self._fields) != len(rulebook.fields):
            raise _invalid("a field name is built in or occurs twice")
        self._fields[DEPLOYMENT.name] = DEPLOYMENT
        self._levels: dict[str, LevelInterval] = {}
        self._atoms: dict[Atom, Truth] = {}
        self._reads: dict[str, tuple[str, ...]] = {}
        self._open: set[str] = set()

    def truth(self, condition: Condition) -> Truth:
        """Return the truth of a condition (1, 4)."""
        if isinstance(condition, Atom):
            known = self._atoms.get(condition)
            if known is None:
                known = self._atoms[condition] = self._atom(condition)
            return known
        members = [self.truth(member) for member in condition.of]
        if isinstance(condition, AllOf):
            return conjunction(members)
        if isinstance(condition, AnyOf):
            return disjunction(members)
        return at_least(condition.needed, members)

    def applies(self, when: Condition | None) -> Truth:
        """Return whether what has this condition applies; what has none always does (5.2)."""
        return Truth.TRUE if when is None else self.truth(when)

    def interval(self, field: LevelField) -> LevelInterval:
        """Return the levels a field may have (3.4, 3.5, 3.6)."""
        if field.name not in self._levels:
            if field.name in self._open:
                raise _invalid(f"field `{field.name}` is defined by itself")
            self._open.add(field.name)
            self._levels[field.name] = self._level(field)
            self._open.discard(field.name)
        return self._levels[field.name]

    def reads(self, condition: Condition) -> tuple[str, ...]:
        """Return finding ids and fact names that a condition rests on, in order (9.3)."""
        return tuple(dict.fromkeys(self._read(condition)))

    def field(self, name: str) -> Field:
        """Return the field of that name, `deployment` included."""
        if name not in self._fields:
            raise _invalid(f"no field `{name}`")
        return self._fields[name]

    def _atom(self, atom: Atom) -> Truth:
        match self.field(atom.field):
            case LevelField() as field:
                if atom.value not in field.levels:
                    raise _invalid(f"`{atom.value}` is not a level of `{field.name}`")
                interval = self.interval(field)
                span = slice(risk(field, interval.best), risk(field, interval.worst) + 1)
                wanted = satisfying(field, atom.operator, atom.value)
                return level_truth(by_risk(field)[span], wanted)
            case QuantityField() as field:
                return quantity_truth(atom, self.evidence.facts.get(field.name))
            case RateField() as field:
                if atom.bound is None:
                    raise _invalid(f"an atom on the rate `{field.name}` reads no bound")
                finding = self.evidence.findings.get(field.finding)
                return rate_truth(atom, field, finding, self.rulebook.alpha)

    def _level(self, field: LevelField) -> LevelInterval:
        ordered = by_risk(field)
        if field is DEPLOYMENT:
            return LevelInterval(self.evidence.deployment.value, self.evidence.deployment.value)
        if not field.definitions:
            known = self.evidence.facts.get(field.name)
            if known is None:
                return LevelInterval(ordered[0], ordered[-1])
            if known not in field.levels:
                raise _invalid(f"`{known}` is not a level of `{field.name}`")
            return LevelInterval(known, known)
        truths = [(d.level, self.truth(d.when)) for d in field.definitions]
        if any(level not in field.levels for level, _ in truths):
            raise _invalid(f"a definition of `{field.name}` names no level of it")
        certain = [risk(field, level) for level, truth in truths if truth is Truth.TRUE]
        possible = [risk(field, level) for level, truth in truths if truth is not Truth.FALSE]
        return LevelInterval(ordered[max(certain, default=0)], ordered[max(possible, default=0)])

    def _read_of(self, field: LevelField) -> tuple[str, ...]:
        """Return what a derived field rests on; once, or levels of levels would double the work."""
        if field.name not in self._reads:
            found = (self.reads(definition.when) for definition in field.definitions)
            self._reads[field.name] = tuple(dict.fromkeys(name for part in found for name in part))
        return self._reads[field.name]

    def _read(self, condition: Condition) -> Iterator[str]:
        if not isinstance(condition, Atom):
            for member in condition.of:
                yield from self._read(member)
            return
        match self.field(condition.field):
            case LevelField() as field if field.definitions:
                yield from self._read_of(field)
            case RateField() as field:
                yield field.finding
            case LevelField() | QuantityField() as field:
                if field is not DEPLOYMENT:
                    yield field.name


def _rule(rule: Rule, case: Case) -> RuleOutcome:
    applies = case.applies(rule.when)
    truths = [case.truth(requirement.condition) for requirement in rule.requires]
    shown = conjunction(truths) if truths else Truth.FALSE
    return RuleOutcome(
        rule=rule,
        applies=applies,
        triggered=conjunction([applies, negation(shown)]),
        requirements=tuple(
            RequirementOutcome(requirement, _VERDICT[truth])
            for requirement, truth in zip(rule.requires, truths, strict=True)
        ),
    )


def _ceiling(rules: tuple[RuleOutcome, ...], ladder: tuple[str, ...], counting: set[Truth]) -> str:
    for outcome in rules:
        if outcome.rule.ceiling not in ladder:
            raise _invalid(f"ceiling `{outcome.rule.ceiling}` is not a decision level")
    ceilings = [ladder.index(o.rule.ceiling) for o in rules if o.triggered in counting]
    return ladder[min(ceilings, default=len(ladder) - 1)]


def _ruling(
    rules: tuple[RuleOutcome, ...],
    ladder: tuple[str, ...],
    go: str,
    levels: tuple[str, str],
    case: Case,
) -> Ruling:
    if go not in ladder:
        raise _invalid(f"`{go}` is not a decision level")
    worst, best = (ladder.index(level) for level in levels)
    if best < ladder.index(go):
        return Ruling.NO_GO
    shown = any(
        requirement.verdict is Verdict.KEPT
        for outcome in rules
        if outcome.applies is Truth.TRUE
        for requirement in outcome.requirements
    )
    covered = case.evidence.deployment.value in case.rulebook.deployments
    if worst >= ladder.index(go) and shown and covered:
        return Ruling.GO
    return Ruling.INCONCLUSIVE


def _invalid(what: str) -> Problem:
    return Problem.of(
        "rulebook-invalid",
        f"the rulebook cannot be evaluated: {what}",
        help="compile it again from its framework document",
    )
