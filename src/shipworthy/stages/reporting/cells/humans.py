"""How many people solve the tasks of a capability evaluation, where the tasks say so."""

from collections.abc import Iterable
from fractions import Fraction

from shipworthy.frameworks import decimal
from shipworthy.kernel import Record
from shipworthy.records import AnswerCheck, PlannedItem, Scenario
from shipworthy.vocabulary import PLAIN, TrialRole


class HumanBaseline(Record, frozen=True, kw_only=True):
    """The share of people who solve the tasks of a domain, over the tasks for which it is known.

    Attributes:
        domain: domain of the tasks.
        tasks: tasks that the model was asked to solve.
        stated: those of which the share of people is known.
        mean: mean of the shares over `stated`, a fraction with six digits, half to even.
        lowest: the lowest of the shares, likewise.
        highest: the highest, likewise.
        people: who the people were, by the records, sorted.
    """

    domain: str
    tasks: int
    stated: int
    mean: str
    lowest: str
    highest: str
    people: tuple[str, ...] = ()


def human_baselines(
    items: Iterable[PlannedItem], scenarios: Iterable[Scenario]
) -> tuple[HumanBaseline, ...]:
    """Return the baselines of the domains in which a task says how many people solve it."""
    checks = {one.id: one.check for one in scenarios if isinstance(one.check, AnswerCheck)}
    asked: dict[str, set[str]] = {}
    for item in items:
        if item.role is TrialRole.CAPABILITY and item.attack == PLAIN and item.scenario in checks:
            asked.setdefault(item.domain, set()).add(item.scenario)
    found = (
        _baseline(domain, [checks[name] for name in sorted(asked[domain])])
        for domain in sorted(asked)
    )
    return tuple(one for one in found if one)


def _baseline(domain: str, checks: list[AnswerCheck]) -> HumanBaseline | None:
    known = [(share, one) for one in checks if (share := _share(one)) is not None]
    if not known:
        return None
    shares = [share for share, _ in known]
    return HumanBaseline(
        domain=domain,
        tasks=len(checks),
        stated=len(known),
        mean=_six(sum(shares, Fraction(0)) / len(shares)),
        lowest=_six(min(shares)),
        highest=_six(max(shares)),
        people=tuple(sorted({one.humans for _, one in known if isinstance(one.humans, str)})),
    )


def _share(check: AnswerCheck) -> Fraction | None:
    share = decimal(check.human) if isinstance(check.human, str) else None
    return share if share is not None and 0 <= share <= 1 else None


def _six(share: Fraction) -> str:
    millionths = round(share * 10**6)
    return f"{millionths // 10**6}.{millionths % 10**6:06d}"
