"""What a condition asks of single rates: atoms over findings, and which answer is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from shipworthy.frameworks import Case, decimal, satisfying
from shipworthy.frameworks.semantics.atoms import rate_truth
from shipworthy.records import Atom, Condition, Finding, LevelField, RateField
from shipworthy.vocabulary import Truth


@dataclass(frozen=True, slots=True)
class RateGoal:
    """An atom over a rate that has to be true or, with `wanted` false, to be false.

    `alpha` is the largest error level that the rulebook accepts.
    """

    atom: Atom
    field: RateField
    wanted: bool
    alpha: str

    @property
    def limit(self) -> Fraction | None:
        """The limit, or nothing where the atom asks for a single value and not for a side."""
        return None if self.atom.operator in {"==", "!="} else decimal(self.atom.value)

    @property
    def small(self) -> bool:
        """Whether a small rate is wanted; of an equality, whether a small one is the safe one."""
        if self.limit is None:
            return self.field.riskier == "up"
        return (self.atom.operator in {"<", "<="}) == self.wanted

    def is_met_by(self, finding: Finding) -> bool:
        """Whether the gate would read the finding as showing the goal (spec/semantics.md, 4)."""
        wanted = Truth.TRUE if self.wanted else Truth.FALSE
        return rate_truth(self.atom, self.field, finding, self.alpha) is wanted

    def is_implied_by(self, other: "RateGoal") -> bool:
        """Whether whatever meets `other` meets this goal as well.

        A limit that is further out is met with the nearer one: `upper` and `lower` atoms are read
        from the same interval (4.3). Never said of an equality.
        """
        mine, theirs = self.limit, other.limit
        points = [goal.atom.bound == "point" for goal in (self, other)]
        if self.field != other.field or points[0] != points[1] or self.small != other.small:
            return False
        if mine is None or theirs is None:
            return self == other
        return mine > theirs if self.small else mine < theirs


def rate_goals(condition: Condition, case: Case, *, wanted: bool = True) -> Iterator[RateGoal]:
    """Yield the goals over rates that a condition comes down to, through levels derived from rates.

    Where the condition is a choice (`any`, `at-least`) not all of them have to be met.
    """
    if not isinstance(condition, Atom):
        for member in condition.of:
            yield from rate_goals(member, case, wanted=wanted)
        return
    match case.field(condition.field):
        case RateField() as field:
            yield RateGoal(condition, field, wanted, case.rulebook.alpha)
        case LevelField() as field if field.definitions:
            holding = satisfying(field, condition.operator, condition.value)
            avoided = [d.when for d in field.definitions if (d.level in holding) != wanted]
            for when in avoided:
                yield from rate_goals(when, case, wanted=False)
        case _:
            return
