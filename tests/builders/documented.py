"""A rulebook as a framework document, so that what reads documents can be asked about it."""

from shipworthy.frameworks.document import (
    Amendment,
    DeclaredField,
    DeclaredHedge,
    DeclaredRule,
    FrameworkDocument,
    Governance,
    Ladder,
    ModelScope,
)
from shipworthy.records import Rulebook


def documented(book: Rulebook, concerns=None, scope=None, **parts) -> FrameworkDocument:
    """The document that compiles to a rulebook; `concerns` by field, everything else is empty."""
    return FrameworkDocument(
        id=book.id,
        title=book.title,
        publisher="nobody",
        version=book.version,
        in_force_from="",
        review_by="",
        notes=(),
        sources=(),
        clauses=(),
        deployments=book.deployments,
        alpha=book.alpha,
        ladders=tuple(
            Ladder(gate=gate, levels=levels, go=book.go[gate])
            for gate, levels in book.decisions.items()
        ),
        fields=tuple(
            DeclaredField(field=one, about="", concerns=(concerns or {}).get(one.name, ""))
            for one in book.fields
        ),
        rules=tuple(DeclaredRule(rule=one, title=one.id) for one in book.rules),
        governance=Governance(roles=(), quorum=book.roles, amendment=Amendment(text=""), notes=()),
        digest=book.source_digest,
        hedges=tuple(DeclaredHedge(hedge=one, about="", bounded_by="") for one in book.hedges),
        scope=ModelScope(when=scope, clauses=()) if scope else None,
        **parts,
    )
