"""`shipworthy scenario`: what is tried on a model."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import Problem, Registry, did_you_mean

if TYPE_CHECKING:
    from shipworthy.records import Scenario


@click.group("scenario")
def command() -> None:
    """List and show scenarios."""


@command.command("list")
@click.option("--pack", default="assistant", help="A pack's name, or the path of your own.")
@click.option("--domain", default="", help="Only this domain.")
@format_option
def list_scenarios(pack: str, domain: str, output_format: str | None) -> None:
    """List the scenarios of a pack, with a count by domain at the end."""
    from shipworthy.app.preparation.installed import find_pack
    from shipworthy.instruments.scenarios import open_pack

    output = Output.choose(output_format)
    opened = open_pack(find_pack(pack, Registry.installed()))
    chosen = [one for one in opened.scenarios if not domain or one.domain == domain]
    if not chosen:
        domains = {one.domain for one in opened.scenarios}
        raise Problem.of(
            "scenario-domain", f"no domain `{domain}`", help=did_you_mean(domain, domains)
        )
    rows = [{"id": s.id, "domain": s.domain, "title": s.title, "digest": s.digest} for s in chosen]
    output.show(rows, _lines(chosen, f"pack {opened.name} {opened.version}"))


@command.command("show")
@click.argument("scenario_id")
@click.option("--pack", default="assistant", help="A pack's name, or the path of your own.")
def show_scenario(scenario_id: str, pack: str) -> None:
    """Show one scenario in full, as JSON."""
    import json

    import msgspec

    from shipworthy.app.preparation.installed import find_pack
    from shipworthy.instruments.scenarios import open_pack

    opened = open_pack(find_pack(pack, Registry.installed()))
    by_id = {scenario.id: scenario for scenario in opened.scenarios}
    if scenario_id not in by_id:
        raise Problem.of(
            "scenario-unknown",
            f"no scenario `{scenario_id}` in `{pack}`",
            help=did_you_mean(scenario_id, by_id),
        )
    shown = msgspec.to_builtins(by_id[scenario_id])
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _lines(chosen: "Sequence[Scenario]", pack: str) -> Iterator[str]:
    for scenario in chosen:
        kind = type(scenario.check).__name__.removesuffix("Check").lower()
        yield f"{scenario.id:<28} {scenario.domain:<16} {kind:<7} {scenario.title}"
    counts = Counter(scenario.domain for scenario in chosen)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    yield f"{len(chosen)} scenarios ({listed}); {pack}"
