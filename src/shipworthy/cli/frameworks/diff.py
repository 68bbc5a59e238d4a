"""`shipworthy framework diff`: where one framework permits what another forbids."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from shipworthy.cli.frameworks.options import (
    budget_option,
    deployment_option,
    gate_option,
    map_option,
    read_level_map,
    reading_option,
    scale_map_option,
)
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode, Problem, canonical_bytes
from shipworthy.vocabulary import DeploymentType

if TYPE_CHECKING:
    from shipworthy.frameworks.compare import Comparison, Scope
    from shipworthy.records import Rulebook

_EXIT: Final = {
    "equivalent": ExitCode.YES,
    "stricter": ExitCode.YES,
    "looser": ExitCode.NO,
    "incomparable": ExitCode.NO,
    "unknown": ExitCode.INCONCLUSIVE,
}


@click.command("diff")
@click.argument("old")
@click.argument("new")
@gate_option
@deployment_option()
@map_option
@scale_map_option
@click.option(
    "--all-maps",
    metavar="FIELD[=NEW],...",
    default="",
    help="Try every order-preserving map of these fields, and count the verdicts.",
)
@reading_option(
    "charitable", "hostile: every hedge that the developer controls is used, on both sides."
)
@budget_option(20_000, sat=True)
@click.option(
    "--engine",
    type=click.Choice(["auto", "boxes", "sat"]),
    default="auto",
    show_default=True,
    help="What answers. auto: boxes, then SAT where python-sat is installed.",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Write a certificate, and both rulebooks beside it, for `framework verify-diff`.",
)
@format_option
def diff(old: str, new: str, **options: Any) -> ExitCode:
    """Say whether NEW is equivalent to OLD, stricter, looser or incomparable, with witnesses.

    OLD and NEW are ids or paths. Exit 0: the same or stricter; 1: looser or incomparable; 3: not
    settled within the budget. With `--reading both` or `--all-maps` the worst verdict counts.
    """
    from shipworthy.frameworks import compile_rulebook, load_framework

    output = Output.choose(options["output_format"])
    scope = _scope(options)
    sides = (compile_rulebook(load_framework(old)), compile_rulebook(load_framework(new)))
    if options["all_maps"]:
        _alone(options, "--all-maps")
        return _every_map(_read(sides, options["reading"]), scope, options["all_maps"], output)
    if options["reading"] == "both":
        _alone(options, "--reading both")
        found = {word: _compared(_read(sides, word), scope) for word in ("charitable", "hostile")}
        _show(found, output)
        return _worst([one.change.value for one in found.values()])
    sides = _read(sides, options["reading"])
    if options["certificate"]:
        comparison = _certified(sides, scope, options["certificate"])
    else:
        comparison = _compared(sides, scope)
    _show({"" if options["reading"] == "charitable" else options["reading"]: comparison}, output)
    return _EXIT[comparison.change.value]


def _scope(options: dict[str, Any]) -> "Scope":
    from shipworthy.frameworks.compare import Scope
    from shipworthy.frameworks.compare.correspondence.scales import read_scale_maps

    kind, path = options["deployment"], options["scale_map"]
    return Scope(
        gate=options["gate"],
        deployment=DeploymentType(kind) if kind else None,
        mapping=read_level_map(options["mapping"]),
        budget=options["budget"],
        engine=options["engine"],
        fields=read_scale_maps(path) if path else (),
    )


def _compared(sides: "tuple[Rulebook, Rulebook]", scope: "Scope") -> "Comparison":
    from shipworthy.frameworks.compare import compare

    return compare(*sides, scope)


def _read(sides: "tuple[Rulebook, Rulebook]", reading: str) -> "tuple[Rulebook, Rulebook]":
    """Return both rulebooks as they bind under a reading (semantics 11)."""
    from shipworthy.frameworks.semantics.readings import hostile_hedges, read_as

    if reading != "hostile":
        return sides
    old, new = (read_as(book, hostile_hedges(book)) for book in sides)
    return old, new


def _alone(options: dict[str, Any], name: str) -> None:
    if options["certificate"]:
        raise Problem.of(
            "usage",
            f"`--certificate` is about one comparison, and `{name}` makes several",
            help="certify each of them: one reading, one `--scale-map`",
        )
    if name == "--all-maps" and options["reading"] == "both":
        raise Problem.of("usage", "`--all-maps` takes one reading", help="`--reading hostile`")


def _worst(changes: list[str]) -> ExitCode:
    exits = {_EXIT[change] for change in changes}
    order = (ExitCode.NO, ExitCode.INCONCLUSIVE)
    return next((one for one in order if one in exits), ExitCode.YES)


def _show(found: "dict[str, Comparison]", output: Output) -> None:
    """Show comparisons by reading; the charitable one alone needs no name."""
    from shipworthy.cli.frameworks.texts.comparison_text import comparison_lines

    def lines() -> Iterator[str]:
        for place, (reading, one) in enumerate(found.items()):
            yield from [""] if place else []
            yield from comparison_lines(one, output, reading)

    output.show(next(iter(found.values())) if len(found) == 1 else found, lines())


def _every_map(
    sides: "tuple[Rulebook, Rulebook]", scope: "Scope", fields: str, output: Output
) -> ExitCode:
    from shipworthy.cli.frameworks.texts.comparison_text import every_map_lines
    from shipworthy.frameworks.compare.assurance.every_map import compare_under_every_map

    names: dict[str, str] = {}
    for part in filter(None, fields.split(",")):
        name, _, to = (word.strip() for word in part.partition("="))
        names[name] = to or name
    if not names or "" in names:
        raise Problem.of("usage", "`--all-maps` names no field", help="write `FIELD[=NEW],...`")
    found = compare_under_every_map(*sides, scope, names)
    output.show(found, every_map_lines(found))
    return _worst([one.change.value for one in found.verdicts])


def _certified(sides: "tuple[Rulebook, Rulebook]", scope: "Scope", path: Path) -> "Comparison":
    """Compare, and write `CERT.json`, `CERT.old.json` and `CERT.new.json`."""
    from shipworthy.frameworks.compare.assurance.certificate import certificate
    from shipworthy.frameworks.compare.correspondence.scales import mapped
    from shipworthy.frameworks.compare.verdicts import compare_with_grounds

    comparison, grounds = compare_with_grounds(*sides, scope)
    old = mapped(*sides, scope.fields) if scope.fields else sides[0]
    books = (old, sides[1])
    written = {
        path: canonical_bytes(certificate(comparison, grounds, books, scope.mapping)),
        path.with_suffix(".old.json"): canonical_bytes(books[0]),
        path.with_suffix(".new.json"): canonical_bytes(books[1]),
    }
    try:
        for file, data in written.items():
            file.write_bytes(data)
    except OSError as error:
        raise Problem.of("environment", f"cannot write `{path}`: {error.strerror}") from None
    return comparison


@click.command("verify-diff")
@click.argument("certificate", type=click.Path(path_type=Path))
@click.argument("old")
@click.argument("new")
def verify_diff(certificate: Path, old: str, new: str) -> ExitCode:
    """Check that a verdict follows from CERTIFICATE and the frameworks OLD and NEW.

    OLD and NEW are ids or paths of frameworks, or rulebooks in JSON. This runs
    `python -m shipworthy_verify.comparison`, which shares no code with Shipworthy.
    """
    import subprocess
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        files = [str(certificate)]
        for side, name in (("old", old), ("new", new)):
            path = Path(name)
            if path.suffix != ".json":
                path = Path(folder) / f"{side}.json"
                path.write_bytes(_rulebook_bytes(name))
            files.append(str(path))
        finished = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "shipworthy_verify.comparison", *files], check=False
        )
    return ExitCode(finished.returncode)


def _rulebook_bytes(name: str) -> bytes:
    from shipworthy.frameworks import compile_rulebook, load_framework

    return canonical_bytes(compile_rulebook(load_framework(name)))
