"""Hypothesis strategies for whole framework documents, well formed by construction."""

import msgspec
from hypothesis import strategies as st

from shipworthy.frameworks import DEPLOYMENT, satisfying
from shipworthy.frameworks.document import (
    CATEGORIES,
    CONCERNS,
    MODALITIES,
    Amendment,
    AnnouncedChange,
    Clause,
    DecisionRight,
    DeclaredField,
    DeclaredHedge,
    DeclaredRule,
    DomainCoverage,
    EvaluationMethod,
    FrameworkDocument,
    Governance,
    GovernanceElement,
    Ladder,
    LintExemption,
    ModelScope,
    Role,
    Source,
    Term,
)
from shipworthy.frameworks.language import shape
from shipworthy.frameworks.taxonomy import DOMAINS, GOVERNANCE_ELEMENTS, HEDGE_KINDS, TOPICS
from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AnyOf,
    AtLeast,
    Atom,
    Hedge,
    LevelDefinition,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
)

# Words that YAML could take for something else, and words that it does not.
ODD = """
no yes null ~ 1.10 0x1F 2026-01-01 12:30 - -- : # ? ! & * % @ ` ' " | > [ ] { } , = <<
risk model a: #b 'c' "d" ü 日本 — \\n \\ severe harm
"""
WORDS = st.sampled_from(ODD.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
MAYBE = st.one_of(st.just(""), TEXTS)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,4}(\.[a-z0-9][a-z0-9_]{0,2})?", fullmatch=True)
DAYS = st.dates().map(lambda day: day.isoformat())


def names(least: int, most: int):
    return st.lists(NAMES, min_size=least, max_size=most, unique=True).map(tuple)


def some(options, most=3):
    """Some of the options, in any order; none when there are none."""
    if not options:
        return st.just(())
    return st.lists(st.sampled_from(list(options)), max_size=most, unique=True).map(tuple)


@st.composite
def fields(draw, roles, hedges, clauses, methods):
    """Facts and rates, and one derived field whose definitions read them."""
    chosen = iter(draw(names(6, 6).filter(_free)))
    judge = st.sampled_from(roles)
    riskier = st.sampled_from(("up", "down"))
    facts = [
        LevelField(
            name=next(chosen),
            levels=draw(names(2, 4)),
            riskier=draw(riskier),
            judged_by=draw(judge),
        ),
        LevelField(name=next(chosen), levels=("no", "yes"), riskier="down", judged_by=draw(judge)),
        QuantityField(
            name=next(chosen),
            unit=draw(TEXTS),
            riskier=draw(riskier),
            judged_by=draw(judge),
            bound=draw(st.sampled_from(shape.BOUNDS)),
        ),
        RateField(name=next(chosen), finding="asr.a.b-c.bare", riskier="up"),
    ]
    levels = draw(names(2, 3))
    derived = LevelField(
        name=next(chosen),
        levels=levels,
        riskier="up",
        definitions=tuple(
            LevelDefinition(
                level=level,
                when=draw(conditions(facts)),
                clauses=draw(some(clauses)),
                discretion=draw(some(hedges)),
            )
            for level in levels[1:]
        ),
    )
    return tuple(
        DeclaredField(
            field=field,
            about=draw(MAYBE),
            concerns=draw(st.sampled_from(("", *CONCERNS))),
            domains=draw(some(DOMAINS)),
            measured_by=draw(some(methods)),
            baseline=draw(MAYBE),
        )
        for field in (*facts, derived)
    ), facts


def _free(found) -> bool:
    ends = (".upper", ".lower", ".point")
    return not any(name == "deployment" or name.endswith(ends) for name in found)


@st.composite
def atoms(draw, readable):
    """An atom that is neither always true nor always false."""
    field = draw(st.sampled_from(readable))
    match field:
        case LevelField():
            fair = [
                (sign, level)
                for sign in ("<", "<=", ">", ">=", "==", "!=")
                for level in field.levels
                if 0 < len(satisfying(field, sign, level)) < len(field.levels)
            ]
            sign, level = draw(st.sampled_from(fair))
            return Atom(field=field.name, operator=sign, value=level)
        case QuantityField():
            sign = draw(st.sampled_from(("<", "<=", ">", ">=", "==", "!=")))
            value = draw(st.decimals(-999, 999, places=2).map(lambda number: f"{number:f}"))
            return Atom(field=field.name, operator=sign, value=value)
        case RateField():
            bound, sign = draw(
                st.sampled_from([("upper", "<"), ("lower", ">="), ("point", "<="), ("point", ">")])
            )
            value = draw(st.sampled_from(("0.01", "0.5", "0.990")))
            return Atom(field=field.name, operator=sign, value=value, bound=bound)


def conditions(readable):
    return st.recursive(
        atoms(readable),
        lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple).flatmap(_combined),
        max_leaves=5,
    )


def _combined(members):
    return st.one_of(
        st.just(AllOf(of=members)),
        st.just(AnyOf(of=members)),
        st.integers(1, len(members)).map(lambda needed: AtLeast(needed=needed, of=members)),
    )


@st.composite
def rules(draw, facts, executed, hedges, ladders):
    found = []
    for name in draw(names(1, 4)):
        ladder = draw(st.sampled_from(ladders))
        clauses = draw(st.permutations(executed))[: 1 + draw(st.integers(0, 2))]
        requires = tuple(
            Requirement(
                id=f"{name}-{number}",
                title=draw(TEXTS),
                condition=draw(conditions(facts)),
                clauses=draw(some(executed)) or tuple(clauses),
                illustrative=draw(st.booleans()),
                discretion=draw(some(hedges)),
            )
            for number in range(draw(st.integers(1, 2)))
        )
        when = draw(st.one_of(st.none(), conditions([*facts, DEPLOYMENT])))
        if when is not None and "deployment" in str(when):
            when = AnyOf(of=(when, draw(atoms(facts))))
        rule = Rule(
            id=name,
            gate=ladder.gate,
            when=when,
            requires=requires if when is None or draw(st.booleans()) else (),
            ceiling=draw(st.sampled_from(ladder.levels[:-1])),
            clauses=tuple(clauses),
            discretion=draw(some(hedges)),
        )
        unstated = tuple(one.id for one in rule.requires if draw(st.booleans()))
        found.append(DeclaredRule(rule=rule, title=draw(TEXTS), bound_unstated=unstated))
    return tuple(found)


@st.composite
def governance(draw, clauses):
    held = tuple(
        Role(id=name, duty=draw(TEXTS), named=draw(st.booleans())) for name in draw(names(1, 3))
    )
    ids = [role.id for role in held]
    standing = st.sampled_from(("unstated", *shape.STANDING))
    amendment = draw(
        st.one_of(
            st.builds(Amendment, text=MAYBE),
            st.builds(
                Amendment,
                text=TEXTS,
                stricter=some(ids),
                looser=some(ids),
                notice_days=st.integers(0, 999_999),
                enumerate_looser=st.booleans(),
                review_months=st.integers(0, 99),
                change_log=standing,
                justification=standing,
            ),
        )
    )
    return Governance(
        roles=held,
        quorum=draw(some(ids)) or (ids[0],),
        amendment=amendment,
        notes=tuple(draw(st.lists(TEXTS, max_size=2))),
        decides=tuple(
            DecisionRight(
                clause=draw(st.sampled_from(clauses)),
                roles=draw(some(ids)) or (ids[-1],),
                mode=draw(st.sampled_from(shape.MODES)),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        elements=tuple(
            GovernanceElement(
                element=element,
                standing=draw(st.sampled_from(shape.STANDING)),
                clauses=draw(some(clauses)),
                note=draw(MAYBE),
            )
            for element in draw(some(GOVERNANCE_ELEMENTS))
        ),
    )


@st.composite
def clause_lists(draw, sources):
    ids = draw(names(2, 6))
    return tuple(
        Clause(
            id=name,
            source=draw(st.sampled_from(sources)),
            section=draw(TEXTS),
            anchor=draw(st.one_of(st.just(""), PHRASES)),
            paraphrase=draw(TEXTS),
            modality=draw(st.sampled_from(MODALITIES)),
            actor=draw(TEXTS),
            category=draw(st.sampled_from(CATEGORIES)),
            hedges=tuple(draw(st.lists(PHRASES, max_size=2))),
            rationale=draw(MAYBE),
            not_executable="",
            provenance=draw(st.sampled_from(("unstated", *shape.PROVENANCE))),
            topics=draw(some(TOPICS)),
            domains=draw(some(DOMAINS)),
            level=draw(MAYBE),
            standard=draw(MAYBE),
            deadline=draw(MAYBE),
            contradicts=draw(some(sorted({*ids} - {name}))),
        )
        for name in ids
    )


def _cited(document) -> set[str]:
    found = set(document.scope.clauses if document.scope else ())
    for declared in document.rules:
        found |= set(declared.rule.clauses)
        found |= {clause for one in declared.rule.requires for clause in one.clauses}
    for entry in document.fields:
        if isinstance(entry.field, LevelField):
            found |= {clause for one in entry.field.definitions for clause in one.clauses}
    return found


@st.composite
def documents(draw) -> FrameworkDocument:
    sources = tuple(
        Source(
            id=name,
            title=draw(TEXTS),
            digest=draw(st.sampled_from(("unknown", digest_text("x")))),
            location=draw(TEXTS),
            retrieved=draw(st.one_of(st.just("unknown"), DAYS)),
            standing=draw(TEXTS),
        )
        for name in draw(names(1, 2))
    )
    clauses = draw(clause_lists([source.id for source in sources]))
    ids = [clause.id for clause in clauses]
    softened = [clause for clause in clauses if clause.hedges]
    hedges = tuple(
        DeclaredHedge(
            hedge=Hedge(
                id=name,
                phrase=(clause := draw(st.sampled_from(softened))).hedges[0],
                kind=draw(st.sampled_from(list(HEDGE_KINDS))),
                clause=clause.id,
                controlled_by=draw(st.sampled_from(shape.CONTROLLERS)),
            ),
            about=draw(MAYBE),
            bounded_by=draw(MAYBE),
        )
        for name in (draw(names(0, 3)) if softened else ())
    )
    usable = [declared.hedge.id for declared in hedges]
    methods = tuple(
        EvaluationMethod(
            id=name,
            about=draw(TEXTS),
            phase=draw(st.sampled_from(shape.PHASES)),
            elicitation=draw(MAYBE),
            cadence=draw(MAYBE),
            clauses=draw(some(ids)),
        )
        for name in draw(names(0, 2))
    )
    governed = draw(governance(ids))
    roles = [role.id for role in governed.roles]
    declared_fields, facts = draw(fields(roles, usable, ids, [method.id for method in methods]))
    ladders = tuple(
        Ladder(gate=gate, levels=(levels := draw(names(2, 4))), go=levels[-1])
        for gate in draw(some(shape.GATES)) or ("deploy",)
    )
    terms = draw(names(0, 3))
    start, end, review = sorted(draw(st.tuples(DAYS, DAYS, DAYS)))
    document = FrameworkDocument(
        id=draw(NAMES),
        title=draw(TEXTS),
        publisher=draw(TEXTS),
        version=draw(TEXTS),
        in_force_from=draw(st.sampled_from(("", start))),
        in_force_until=draw(st.sampled_from(("", end))),
        review_by=draw(st.sampled_from(("", review))),
        supersedes=draw(st.one_of(st.just(""), NAMES)),
        notes=tuple(draw(st.lists(TEXTS, max_size=2))),
        sources=sources,
        clauses=clauses,
        deployments=draw(some(DEPLOYMENT.levels)) or ("api",),
        alpha=draw(st.sampled_from(("0.05", "0.01", "0.100"))),
        ladders=ladders,
        fields=declared_fields,
        rules=draw(rules(facts, ids, usable, ladders)),
        governance=governed,
        digest=digest_text("a drawing"),
        hedges=hedges,
        terms=tuple(
            Term(
                id=name,
                phrase=draw(TEXTS),
                definition=(definition := draw(MAYBE)),
                rests_on=draw(some(terms)) if definition else (),
            )
            for name in terms
        ),
        coverage=tuple(
            DomainCoverage(
                domain=domain,
                standing=draw(st.sampled_from(shape.COVERAGE)),
                clauses=draw(some(ids)),
                reason=draw(MAYBE),
            )
            for domain in draw(some(DOMAINS))
        ),
        evaluations=methods,
        scope=draw(
            st.one_of(st.none(), st.builds(ModelScope, when=conditions(facts), clauses=some(ids)))
        ),
        summary=draw(
            st.dictionaries(st.sampled_from(list(TOPICS)), PHRASES.filter(lambda t: len(t) <= 60))
        ),
        announced=tuple(
            AnnouncedChange(
                since=draw(TEXTS),
                about=draw(TEXTS),
                clauses=draw(some([*ids, "old:gone", "old:moved.to"])),
            )
            for _ in range(draw(st.integers(0, 2)))
        ),
        exemptions=tuple(
            LintExemption(rule=draw(TEXTS), at=draw(MAYBE), reason=draw(TEXTS))
            for _ in range(draw(st.integers(0, 2)))
        ),
    )
    cited = _cited(document)
    marked = tuple(
        clause
        if clause.id in cited
        else msgspec.structs.replace(clause, not_executable=draw(TEXTS))
        for clause in clauses
    )
    return msgspec.structs.replace(document, clauses=marked)
