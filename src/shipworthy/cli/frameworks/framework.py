"""`shipworthy framework`: documents that execute."""

import json
from pathlib import Path

import click
import msgspec

from shipworthy.cli.frameworks.amendment import amendment
from shipworthy.cli.frameworks.changes import changes
from shipworthy.cli.frameworks.compare import compare
from shipworthy.cli.frameworks.diff import diff, verify_diff
from shipworthy.cli.frameworks.lint import lint
from shipworthy.cli.frameworks.obligations import obligations
from shipworthy.cli.frameworks.options import deployment_option
from shipworthy.cli.frameworks.prove import prove
from shipworthy.cli.output.streams import Output, format_option
from shipworthy.kernel import ExitCode, Problem


@click.group("framework")
def command() -> None:
    """List, show, check and compare safety frameworks."""


command.add_command(amendment)
command.add_command(changes)
command.add_command(diff)
command.add_command(verify_diff)
command.add_command(compare)
command.add_command(lint)
command.add_command(obligations)
command.add_command(prove)


@command.command("list")
@format_option
def list_frameworks(output_format: str | None) -> None:
    """List the frameworks of the library and of installed packages."""
    from shipworthy.frameworks import compile_rulebook, framework_ids, load_framework

    output = Output.choose(output_format)
    rows = []
    for name in framework_ids():
        document = load_framework(name)
        rulebook = compile_rulebook(document)
        rows.append(
            {
                "id": name,
                "title": document.title,
                "publisher": document.publisher,
                "version": document.version,
                "clauses": len(document.clauses),
                "rules": len(rulebook.rules),
                "digest": rulebook.digest,
            }
        )
    lines = (
        f"{row['id']:<42} {row['publisher']}, version {row['version']}; "
        f"{row['clauses']} clauses, {row['rules']} rules"
        for row in rows
    )
    output.show(rows, lines)


@command.command("show")
@click.argument("framework")
@deployment_option("Only rules that can apply to this deployment.")
@format_option
def show_framework(framework: str, deployment: str | None, output_format: str | None) -> ExitCode:
    """Show the clauses and rules of FRAMEWORK, an id or a path."""
    from shipworthy.cli.frameworks.texts.framework_text import framework_lines
    from shipworthy.frameworks import compile_rulebook, load_framework

    output = Output.choose(output_format)
    document = load_framework(framework)
    if deployment and deployment not in document.deployments:
        raise Problem.of(
            "framework-deployment",
            f"framework `{framework}` says nothing about deployment `{deployment}`",
            help=f"one of {', '.join(f'`{name}`' for name in document.deployments)}",
        )
    if output.format == "json":
        rulebook = compile_rulebook(document)
        click.echo(json.dumps(msgspec.to_builtins(rulebook), indent=2, sort_keys=True))
        return ExitCode.YES
    for line in framework_lines(document, deployment or ""):
        output.line(line)
    return ExitCode.YES


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def check_framework(path: Path) -> ExitCode:
    """Check the framework at PATH and its mappings: syntax, names, levels, thresholds.

    Prints how many clauses run, and why the others stay text. Exit 2 when something is wrong.
    """
    from shipworthy.cli.frameworks.texts.framework_layers import coverage_lines
    from shipworthy.frameworks import compile_rulebook, read_framework
    from shipworthy.frameworks.common import common_vocabulary, mappings_of

    document = read_framework(path)
    rulebook = compile_rulebook(document)
    mappings = mappings_of(path, rulebook, common_vocabulary())
    click.echo(f"{rulebook.id} {rulebook.version}: {len(rulebook.rules)} rules, well formed")
    for line in coverage_lines(document):
        click.echo(line)
    for one in mappings:
        click.echo(f"mapping {one.id}: {len(one.fields)} facts in common terms, well formed")
    click.echo(f'pin it with framework_digest = "{rulebook.digest}"')
    return ExitCode.YES
