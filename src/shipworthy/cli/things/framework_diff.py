"""`shipworthy framework diff`: where one framework permits what another forbids."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import click
import msgspec

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode, Problem, short
from shipworthy.vocabulary import DeploymentType

if TYPE_CHECKING:
    from shipworthy.frameworks import Gate
    from shipworthy.frameworks.compare import (
        Comparison,
        EngineChoice,
        GateComparison,
        RuleFate,
        Witness,
    )

_EXIT: Final = {
    "equivalent": ExitCode.YES,
    "stricter": ExitCode.YES,
    "looser": ExitCode.NO,
    "incomparable": ExitCode.NO,
    "unknown": ExitCode.INCONCLUSIVE,
}
_COLOUR: Final = {"equivalent": "green", "stricter": "green", "unknown": "yellow"}


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--gate", type=click.Choice(["deploy", "develop"]), default=None, help="One gate.")
@click.option(
    "--deployment",
    type=click.Choice([member.value for member in DeploymentType]),
    default=None,
    help="One deployment type.",
)
@click.option(
    "--map",
    "mapping",
    metavar="OLD=NEW,...",
    default="",
    help="Which decision level of NEW stands for one of OLD, where names differ.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    help="Boxes that each question may examine before it is answered `unknown`.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "boxes", "sat"]),
    default="auto",
    show_default=True,
    help="What answers. auto: boxes, then SAT where python-sat is installed.",
)
@format_option
def diff(
    old: str,
    new: str,
    gate: "Gate | None",
    deployment: str | None,
    mapping: str,
    **options: "int | str | None",
) -> ExitCode:
    """Say whether NEW is equivalent to OLD, stricter, looser or incomparable, with witnesses.

    OLD and NEW are ids or paths. Exit 0: the same or stricter; 1: looser or incomparable; 3: not
    settled within the budget.
    """
    from shipworthy.frameworks import compile_rulebook, load_framework
    from shipworthy.frameworks.compare import Scope, compare

    wanted = options["output_format"]
    output = Output.choose(wanted if isinstance(wanted, str) else None)
    scope = Scope(
        gate=gate,
        deployment=DeploymentType(deployment) if deployment else None,
        mapping=_pairs(mapping),
        budget=int(options["budget"] or 0),
        engine=cast("EngineChoice", options["engine"]),
    )
    sides = [compile_rulebook(load_framework(name)) for name in (old, new)]
    comparison = compare(sides[0], sides[1], scope)
    if output.format == "json":
        output.data(msgspec.to_builtins(comparison))
    else:
        word = comparison.change.value
        for line in _lines(comparison, output.styled(word, _COLOUR.get(word, "red"))):
            output.line(line)
    return _EXIT[comparison.change.value]


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        before, sign, after = (word.strip() for word in part.partition("="))
        if not (sign and before and after) or before in pairs:
            raise Problem.of(
                "compare-map",
                f"cannot read `{part}` in the map of decision levels",
                help="write `OLD=NEW,OLD=NEW`, each old level once",
            )
        pairs[before] = after
    return pairs


def _lines(found: "Comparison", word: str) -> Iterator[str]:
    yield f"{word}: {found.new.id} {found.new.version} beside {found.old.id} {found.old.version}"
    yield f"  old {short(found.old.digest)}, new {short(found.new.digest)}"
    if found.terms:
        yield ""
        yield "Terms"
        for term in found.terms:
            yield f"  {term.change.value:<13} {term.what}"
    for gate in found.gates:
        yield ""
        yield f"Gate {gate.gate}: {gate.change.value}"
        yield from _table(gate)
        yield from _go(gate)
        yield from _witness("the new framework permits more", gate.permits_more)
        yield from _witness("the new framework permits less", gate.permits_less)
        yield from _rules("old rules", "dropped", gate.old_rules)
        yield from _rules("new rules", "added", gate.new_rules)
        for side, names in (("old", gate.only_old), ("new", gate.only_new)):
            if names:
                yield f"  blind spot, read by the {side} framework only: {', '.join(names)}"


def _table(gate: "GateComparison") -> Iterator[str]:
    """Yield one line for each deployment type: the verdict on every level above the lowest."""
    rows: dict[str, list[str]] = {}
    for one in gate.levels:
        rows.setdefault(one.deployment, []).append(f"{one.level} {one.change.value}")
    for deployment, cells in rows.items():
        yield f"  {deployment:<16} {', '.join(cells)}"


def _go(gate: "GateComparison") -> Iterator[str]:
    """Yield what changed for the level at which the gate says go."""
    changed: dict[str, list[str]] = {}
    for one in gate.levels:
        if one.level == gate.go and one.change.value != "equivalent":
            changed.setdefault(one.change.value, []).append(one.deployment)
    for word, deployments in changed.items():
        yield f"  go (`{gate.go}`): {word} for {', '.join(deployments)}"
    if "sat" in gate.engines:
        yield "  engine: SAT where the search of boxes spent its budget"


def _witness(title: str, witness: "Witness | None") -> Iterator[str]:
    if witness is None:
        return
    yield f"  {title}, for example: deployment {witness.deployment}, otherwise least risky, and"
    for reading in witness.readings:
        yield f"    {reading.name:<40} {reading.value}  (instead of {reading.ordinary})"
    if not witness.readings:
        yield "    (nothing else)"
    if not witness.minimal:
        yield "    (minimal: no; a nearer one may exist, as the budget was spent)"
    yield f"    old decision `{witness.old_level}`, new decision `{witness.new_level}`"
    yield f"    rules {', '.join(witness.rules)}; clauses {', '.join(witness.clauses) or 'none'}"


def _rules(title: str, uncovered: str, fates: "tuple[RuleFate, ...]") -> Iterator[str]:
    kept = [one for one in fates if one.fate == "kept"]
    yield f"  {title}: {len(kept)} of {len(fates)} covered by the other side"
    for one in fates:
        if one.fate == "kept":
            continue
        shown = ""
        if one.witness:
            inside = [f"{reading.name} {reading.value}" for reading in one.witness.readings]
            shown = f": {'; '.join([one.witness.deployment, *inside])}"
        word = uncovered if one.fate == "dropped" else one.fate
        yield f"    {one.rule} ({one.ceiling}) {word}{shown}"
