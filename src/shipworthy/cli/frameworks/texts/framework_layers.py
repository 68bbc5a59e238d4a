"""What a framework says beside its rules, in words: dates, scope, hedges, terms, governance.

A layer that a framework does not have is not shown.
"""

from collections.abc import Iterable, Iterator

from shipworthy.cli.frameworks.texts.condition_text import condition_text
from shipworthy.frameworks import FrameworkDocument, Governance
from shipworthy.frameworks.document import Amendment
from shipworthy.frameworks.language.carried_out import clauses_carried_out

_INDENT = f"  {'':<24} "


def head_lines(document: FrameworkDocument) -> Iterator[str]:
    """Yield when the framework holds, what it replaces and which models it is for."""
    dates = [
        f"{word} {day}"
        for word, day in (
            ("from", document.in_force_from),
            ("until", document.in_force_until),
        )
        if day
    ]
    if dates:
        yield f"  in force {' '.join(dates)}"
    if document.review_by:
        yield f"  review promised by {document.review_by}"
    if document.supersedes:
        yield f"  replaces {document.supersedes}"
    if document.scope is not None:
        yield f"  for models with {condition_text(document.scope.when)}"


def coverage_lines(document: FrameworkDocument) -> Iterator[str]:
    """Yield how many clauses run, and why the others do not."""
    found = clauses_carried_out(document)
    yield (
        f"{found.executed} of {found.clauses} clauses are carried out: {len(found.by_rules)} by "
        f"rules, {len(found.by_definitions)} by definitions or the scope alone"
    )
    if found.text_only:
        yield f"text only: {found.clauses - found.executed}"
    for reason, clauses in found.text_only.items():
        yield f"  {len(clauses):>3}  {reason}"


def text_lines(document: FrameworkDocument) -> Iterator[str]:
    """Yield hedges, terms, domains, methods and announced changes."""
    yield from _section("Hedges", _hedges(document))
    yield from _section("Terms", _terms(document))
    yield from _section("Domains", _domains(document))
    yield from _section("Methods of evaluation", _methods(document))
    yield from _section("Changes that the publisher announced", _announced(document))
    yield from _section("Exempt from lint", _exemptions(document))


def governance_lines(governance: Governance) -> Iterator[str]:
    """Yield who decides what, the elements of governance and how the framework is changed."""
    yield from _section(
        "Who decides, by clause",
        (
            f"  {right.clause:<24} {f' {_JOINED[right.mode]} '.join(right.roles)}"
            for right in governance.decides
        ),
    )
    yield from _section(
        "Elements of governance",
        (
            _row(one.element, one.standing, one.note, _cited(one.clauses))
            for one in governance.elements
        ),
    )
    yield from _section("Changing the framework", _amendment(governance.amendment))


_JOINED = {"all": "and", "any": "or"}


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    rows = list(lines)
    if rows:
        yield ""
        yield title
        yield from rows


def _hedges(document: FrameworkDocument) -> Iterator[str]:
    for declared in document.hedges:
        hedge = declared.hedge
        yield _row(
            hedge.id,
            f"“{hedge.phrase}” in {hedge.clause}",
            f"{hedge.kind}, used by the {hedge.controlled_by}",
            declared.about,
            f"bounded by {declared.bounded_by}" if declared.bounded_by else "",
        )
        released = list(_released_by(document, hedge.id))
        yield f"{_INDENT}releases {', '.join(released) if released else 'nothing that runs'}"


def _released_by(document: FrameworkDocument, hedge: str) -> Iterator[str]:
    for declared in document.rules:
        if hedge in declared.rule.discretion:
            yield f"rule {declared.rule.id}"
        for requirement in declared.rule.requires:
            if hedge in requirement.discretion:
                yield f"requirement {requirement.id}"
    for entry in document.fields:
        for definition in getattr(entry.field, "definitions", ()):
            if hedge in definition.discretion:
                yield f"`{definition.level}` of {entry.field.name}"


def _terms(document: FrameworkDocument) -> Iterator[str]:
    for term in document.terms:
        rests = f"rests on {', '.join(term.rests_on)}" if term.rests_on else ""
        yield _row(term.id, f"“{term.phrase}”", term.definition or "not defined", rests)


def _domains(document: FrameworkDocument) -> Iterator[str]:
    for one in document.coverage:
        yield _row(one.domain, one.standing, one.reason, _cited(one.clauses))


def _methods(document: FrameworkDocument) -> Iterator[str]:
    for one in document.evaluations:
        elicitation = f"elicitation: {one.elicitation}" if one.elicitation else ""
        cadence = f"cadence: {one.cadence}" if one.cadence else ""
        phase = "" if one.phase == "unstated" else f"phase: {one.phase}"
        yield _row(one.id, one.about, phase, elicitation, cadence, _cited(one.clauses))


def _announced(document: FrameworkDocument) -> Iterator[str]:
    for one in document.announced:
        yield _row(f"since {one.since}", one.about, _cited(one.clauses))


def _exemptions(document: FrameworkDocument) -> Iterator[str]:
    for one in document.exemptions:
        yield _row(one.rule, f"at {one.at}" if one.at else "everywhere", one.reason)


def _amendment(amendment: Amendment) -> Iterator[str]:
    if amendment.text:
        yield f"  {amendment.text}"
    for word, roles in (("stricter", amendment.stricter), ("looser", amendment.looser)):
        if roles:
            yield f"  {f'a {word} change':<24} {', '.join(roles)}"
    if amendment.notice_days:
        yield f"  {'notice':<24} {amendment.notice_days} days"
    if amendment.enumerate_looser:
        yield f"  {'what is loosened':<24} has to be listed"
    if amendment.review_months:
        yield f"  {'review':<24} at least every {amendment.review_months} months"
    for word, standing in (
        ("change log", amendment.change_log),
        ("justification", amendment.justification),
    ):
        if standing != "unstated":
            yield f"  {word:<24} {standing}"


def _cited(clauses: tuple[str, ...]) -> str:
    return f"({', '.join(clauses)})" if clauses else ""


def _row(name: str, *parts: str) -> str:
    return f"  {name:<24} {'; '.join(part for part in parts if part)}"
