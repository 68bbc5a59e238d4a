"""`shipworthy framework lint`: what is weak, missing or contradictory in a framework."""

from typing import TYPE_CHECKING, Literal

import click

from shipworthy.cli.output.streams import Output
from shipworthy.kernel import ExitCode, Problem, SystemClock, did_you_mean

if TYPE_CHECKING:
    from shipworthy.frameworks.lint import LintSeverity


@click.command("lint")
@click.argument("framework", required=False)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="sarif is what code hosts read.",
)
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only this rule; repeatable.")
@click.option(
    "--minimum-severity",
    type=click.Choice(["error", "warning", "note"]),
    default="warning",
    show_default=True,
    help="Least severe finding that is shown and that makes the exit code 1.",
)
@click.option(
    "--today",
    metavar="YYYY-MM-DD",
    default="",
    help="The day for which review dates are judged; today by default.",
)
@click.option("--explain", metavar="RULE", default="", help="Explain one rule and end.")
def lint(
    framework: str | None,
    output_format: Literal["text", "json", "sarif"],
    rules: tuple[str, ...],
    minimum_severity: "LintSeverity",
    today: str,
    explain: str,
) -> ExitCode:
    """Find what is weak, missing or contradictory in FRAMEWORK, an id or a path.

    Exit 0: nothing as severe as the threshold; 1: findings.
    """
    output = Output("plain")
    if explain:
        _explain(explain, output)
        return ExitCode.YES
    if framework is None:
        raise Problem.of("lint-no-framework", "no framework to lint", help="give an id or a path")
    from shipworthy.cli.frameworks.texts.lint_text import lint_lines, lint_record
    from shipworthy.frameworks import load_framework
    from shipworthy.frameworks.catalogue import framework_places
    from shipworthy.frameworks.lint import lint as run
    from shipworthy.frameworks.lint import lint_rules, rule_cards

    document = load_framework(framework)
    day = _day(today)
    report = run(document, lint_rules(day), framework_places(framework), rules)
    if output_format == "json":
        output.data(lint_record(report, minimum_severity))
    elif output_format == "sarif":
        from shipworthy.cli.frameworks.texts.lint_sarif import sarif

        output.data(sarif(report, minimum_severity, rule_cards()))
    else:
        for line in lint_lines(report, minimum_severity):
            output.line(line)
    return ExitCode.NO if report.at_least(minimum_severity) else ExitCode.YES


def _explain(name: str, output: Output) -> None:
    from shipworthy.frameworks.lint import rule_cards

    cards = {card.id: card for card in rule_cards()}
    if name not in cards:
        raise Problem.of(
            "lint-unknown-rule", f"no lint rule `{name}`", help=did_you_mean(name, cards)
        )
    card = cards[name]
    output.line(f"{card.id}: {card.title}")
    output.line(f"  why: {card.why}")
    output.line(f"  at most: {card.severity}")
    output.line(f"  more, with examples: docs/lint/{card.id}.md")


def _day(given: str) -> str:
    if not given:
        return SystemClock().now().date().isoformat()
    from datetime import date

    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise Problem.of("lint-date", f"`{given}` is not a date", help="write YYYY-MM-DD") from None
