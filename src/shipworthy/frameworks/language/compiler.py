"""From the document that people read to the rulebook that programs evaluate."""

from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.records import Rulebook


def compile_rulebook(document: FrameworkDocument) -> Rulebook:
    """Return the executable layer of a framework; its digest is what an assessment pins."""
    return Rulebook(
        id=document.id,
        version=document.version,
        title=document.title,
        source_digest=document.digest,
        deployments=document.deployments,
        decisions={ladder.gate: ladder.levels for ladder in document.ladders},
        go={ladder.gate: ladder.go for ladder in document.ladders},
        fields=tuple(declared.field for declared in document.fields),
        rules=tuple(declared.rule for declared in document.rules),
        roles=document.governance.quorum,
        alpha=document.alpha,
    )
