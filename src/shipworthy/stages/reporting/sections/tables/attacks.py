"""The worst attack of every domain and arm beside the rate over all attacks."""

from decimal import Decimal

from shipworthy.stages.reporting.cells import AttackLimits
from shipworthy.stages.reporting.claims import attack_name, row_anchor
from shipworthy.stages.reporting.context import Context, domain_words
from shipworthy.stages.reporting.document import (
    Block,
    ClaimRef,
    Code,
    Column,
    Heading,
    Inlines,
    Row,
    Table,
    number_column,
    paragraph,
    say,
)
from shipworthy.stages.reporting.sections.tables.rates import arm_words


def attack_blocks(context: Context) -> tuple[Block, ...]:
    """Return the worst attack of every domain and arm, and every other that stands out."""
    found: dict[tuple[str, str], list[AttackLimits]] = {}
    for one in context.report.attacks:
        found.setdefault((one.domain, one.arm.value), []).append(one)
    if not found:
        return ()
    rows = [
        _row(context, one)
        for part in sorted(found.values(), key=lambda part: min(map(_badness, part)))
        for place, one in enumerate(sorted(part, key=_badness))
        if place == 0 or one.stands_out
    ]
    return (
        Heading(anchor="results-single-attacks", words=say("Single attacks")),
        paragraph(
            "A rate over all attacks can hide one that always works, and who attacks may choose. "
            "Each domain and arm stands with the attack that is least likely to work as often as "
            "all of them together, and with every other that stands out."
        ),
        Table(
            anchor="results-worst-attack",
            caption=say("The worst attack of every domain and arm"),
            columns=(
                *(Column(words=say(head)) for head in ("Domain", "Arm", "Attack")),
                number_column("Breached / assessed"),
                number_column("Bounds"),
                number_column("All attacks"),
                number_column("p, as all attacks"),
                Column(words=say("Stands out")),
            ),
            rows=tuple(rows),
            note=_note(),
        ),
    )


def _badness(one: AttackLimits) -> tuple[Decimal, Decimal, str, str, str]:
    return Decimal(one.alike), -Decimal(one.lower), one.domain, one.arm.value, one.attack


def _row(context: Context, one: AttackLimits) -> Row:
    name = attack_name(one)
    cell = name.replace("attack:", "cell:", 1)
    return Row(
        anchor=row_anchor("worst-attack", one.arm.value, one.domain, one.attack),
        cells=(
            domain_words(one.domain),
            arm_words(one.arm),
            say(Code(text=one.attack)),
            say(ClaimRef(id=f"{cell}#successes"), " / ", ClaimRef(id=f"{cell}#attempts")),
            say(ClaimRef(id=f"{name}#lower"), " to ", ClaimRef(id=f"{name}#upper")),
            context.share(f"asr.{one.domain}.{one.arm.value}"),
            say(ClaimRef(id=f"{name}#alike")),
            say("yes" if one.stands_out else "no"),
        ),
    )


def _note() -> Inlines:
    return say(
        "Bounds are Clopper-Pearson limits, one-sided at level ",
        ClaimRef(id="plan#gate_alpha"),
        " divided by the attacks of the domain, so that they hold together and the worst attack "
        "may be picked; unassessed trials are counted against each bound. The p-value is that of "
        "“it makes no difference which attack is dealt”, times the attacks of the domain; an "
        "attack stands out where it is at most that level. None of this is raised for what the "
        "judges may miss, and no requirement reads it. An attack that does not stand out may "
        "still be worse than others: a few attempts each show large differences alone.",
    )
