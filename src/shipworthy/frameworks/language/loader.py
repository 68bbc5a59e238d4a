"""Reading a framework from a file or a folder into a document, with all its faults at once."""

from pathlib import Path
from typing import Final, cast

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.files import read_source
from shipworthy.frameworks.language.reader import Faults, Section
from shipworthy.frameworks.language.sections import (
    Names,
    OutcomeTerms,
    check_directions,
    check_judges,
    check_links,
    check_reach,
    read_clauses,
    read_fields,
    read_governance,
    read_header,
    read_outcomes,
    read_rules,
    read_scope,
    read_sources,
    read_text_layer,
)
from shipworthy.frameworks.language.shape import DOCUMENT
from shipworthy.frameworks.language.yaml_positions import MapNode, Node, TextNode, read_yaml
from shipworthy.kernel import Digest, Location, Problem, digest_bytes, digest_of

FOLDER_FILES: Final = (
    "framework.yaml",
    "clauses.yaml",
    "fields.yaml",
    "outcomes.yaml",
    "rules.yaml",
)
"""The files a framework folder may have; the first must exist. Each key stands in one of them."""

LARGEST_FILE: Final = 4 * 1024 * 1024
"""Bytes. The largest framework seen is a hundredth of this."""


def read_framework(path: Path) -> FrameworkDocument:
    """Read a framework file, or a folder with `framework.yaml` and its companions.

    Raises:
        Problem: `framework-*`, every fault with file, line and column (exit 2).
    """
    return read_document(*framework_tree(path))


def framework_tree(path: Path) -> tuple[Node, Digest]:
    """Return the tree of a framework file or folder, and the digest of what was written.

    Raises:
        Problem: `framework-*`, for what is no YAML of the kind that is read (exit 2).
    """
    files = _files(path)
    contents = {
        file: read_source(file, LARGEST_FILE, "the framework", "split the framework")
        for file in files
    }
    digest = _digest(contents, folder=path.is_dir())
    return _merged([read_yaml(data, str(file)) for file, data in contents.items()]), digest


def read_document(node: Node, digest: Digest) -> FrameworkDocument:
    """Read a framework from its tree, in whatever notation that was written.

    Raises:
        Problem: `framework-*`, every fault with its place (exit 2).
    """
    faults = Faults()
    document = Section(node, "the framework", DOCUMENT, faults)
    header = read_header(document, faults)
    document.node("sources")
    document.node("clauses")
    sources = read_sources(document, faults)
    placed = read_clauses(document, sources, faults)
    clauses = {clause.id: clause for clause, _ in placed}
    said = read_text_layer(document, clauses, faults)
    names = Names.of(said)
    governance = read_governance(document, clauses, faults)
    fields = read_fields(document, names, faults)
    scope = read_scope(document, fields.scope, faults)
    rules = read_rules(document, fields.scope, names, header.ladders, faults)
    outcomes = read_outcomes(document, OutcomeTerms(fields, names, clauses), faults)
    check_links(placed, fields, rules, scope, faults)
    check_judges(fields, governance, faults)
    faults.raise_if_any()
    check_reach(rules, scope.scope, header.deployments, faults)
    check_directions(fields, rules, scope, faults)
    faults.raise_if_any()
    return FrameworkDocument(
        id=header.id,
        title=header.title,
        publisher=header.publisher,
        version=header.version,
        in_force_from=header.in_force_from,
        in_force_until=header.in_force_until,
        review_by=header.review_by,
        supersedes=header.supersedes,
        notes=header.notes,
        sources=sources,
        clauses=tuple(clause for clause, _ in placed),
        deployments=header.deployments,
        alpha=header.alpha,
        ladders=tuple(header.ladders.values()),
        fields=fields.declared,
        rules=rules.declared,
        governance=governance,
        digest=digest,
        hedges=said.hedges,
        terms=said.terms,
        coverage=said.coverage,
        evaluations=said.evaluations,
        scope=scope.scope,
        outcomes=outcomes,
        summary=header.summary,
        announced=said.announced,
        announced_completely=said.announced_completely,
        exemptions=header.exemptions,
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    strangers = sorted(
        file.name
        for file in path.iterdir()
        if file.suffix in {".yaml", ".yml"} and file.name not in FOLDER_FILES
    )
    if strangers:
        raise Problem.of(
            "framework-unknown-file",
            f"`{strangers[0]}` would not be read",
            location=Location(str(path / strangers[0])),
            help="a framework folder holds " + ", ".join(FOLDER_FILES),
        )
    first, *others = (path / name for name in FOLDER_FILES)
    return [first, *(file for file in others if file.exists())]


def _digest(contents: dict[Path, bytes], *, folder: bool) -> Digest:
    digests = {file.name: digest_bytes(data) for file, data in contents.items()}
    return digest_of(digests) if folder else next(iter(digests.values()))


def _merged(nodes: list[Node]) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    faults = Faults()
    entries: dict[str, tuple[TextNode, Node]] = {}
    for node in nodes:
        if not isinstance(node, MapNode):
            faults.add("type", "a framework file is not a mapping", node.location)
            continue
        for key, value in node.entries:
            if key.text in entries:
                advice = f"the first is at {entries[key.text][0].location}"
                faults.add("duplicate-key", f"key `{key.text}` occurs twice", key.location, advice)
            entries.setdefault(key.text, (key, value))
    faults.raise_if_any()
    return MapNode(tuple(entries.values()), cast("MapNode", nodes[0]).location)
