"""What lint says of the rules, held against every profile, one by one, by the plain evaluator."""

from itertools import combinations, product
from random import Random

import msgspec
import pytest

from documented import documented
from hedged_rulebooks import hedged_rulebook
from random_rulebooks import FACTS, LADDER, TYPES, random_condition, random_rulebook
from shipworthy.frameworks import compile_rulebook, evaluate
from shipworthy.frameworks.compare.profiles import shared_space
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.frameworks.lint import lint
from shipworthy.frameworks.lint.logic import LOGIC_RULES, questions
from shipworthy.frameworks.semantics.evaluation import Case
from shipworthy.frameworks.semantics.readings import read_as
from shipworthy.records import RateField
from shipworthy.vocabulary import DeploymentType, Truth, Verdict

RULES = {rule.id: rule for rule in LOGIC_RULES}
GO = LADDER.index("restricted")


def book_of(seed, *, fields=2, rules=4):
    random = Random(seed)
    drawn = random_rulebook(random, random.sample(FACTS, fields), rules)
    if seed % 3 == 0:  # a rule that says again, or more, of what another says
        like = drawn.rules[0]
        again = msgspec.structs.replace(like, id="again", ceiling=random.choice(LADDER[:-1]))
        drawn = msgspec.structs.replace(drawn, rules=(*drawn.rules, again))
    return drawn


def profiles(book, scope=None):
    """Every profile of the scope, with the plain evaluation of it."""
    more = book if scope is None else with_scope(book, scope)
    space = shared_space(more, more, "deploy")
    for kind in TYPES:
        box, _ = space.at(DeploymentType(kind))
        cells = [[i for i in range(bits.bit_length()) if bits >> i & 1] for bits in box]
        for point in product(*cells):
            case = evidence(space, point, book.alpha)
            if scope is None or Case(book, case).truth(scope) is Truth.TRUE:
                yield case, evaluate(more, case, "deploy")


def with_scope(book, scope):
    return compile_rulebook(documented(book, scope=scope))


def found(name, book, **options):
    return lint(documented(book, **options), (RULES[name],)).findings


def named(findings):
    return {one.subject.id for one in findings}


def binding(book, scope=None):
    """For each profile, the ids of the rules that bind in it."""
    return [
        {one.rule.id for one in answer.rules if one.triggered is Truth.TRUE}
        for _, answer in profiles(book, scope)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_vacuous_and_always_binding_rules_are_those_that_enumeration_finds(seed):
    book = book_of(seed)
    scope = random_condition(Random(seed), book.fields[:1], 1) if seed % 2 else None
    binds = binding(book, scope)
    ids = {rule.id for rule in book.rules}
    assert named(found("vacuous-rule", book, scope=scope)) == ids - set().union(*binds)
    always = set.intersection(ids, *binds) if binds else set()
    assert named(found("always-binding", book, scope=scope)) == always


def decisions(book):
    return [(answer.level_worst, answer.ruling) for _, answer in profiles(book)]


def without(book, *names):
    left = tuple(rule for rule in book.rules if rule.id not in names)
    return msgspec.structs.replace(book, rules=left)


def fixed_space(book, smaller):
    """The decisions of a smaller rulebook on every profile that the larger one tells apart."""
    space = shared_space(book, book, "deploy")
    for kind in TYPES:
        box, _ = space.at(DeploymentType(kind))
        cells = [[i for i in range(bits.bit_length()) if bits >> i & 1] for bits in box]
        for point in product(*cells):
            answer = evaluate(smaller, evidence(space, point, book.alpha), "deploy")
            yield answer.level_worst, answer.ruling


@pytest.mark.parametrize("seed", range(90))
def test_shadowed_and_redundant_rules_are_exactly_those_that_change_no_decision(seed):
    book = book_of(seed)
    before, binds = decisions(book), binding(book)
    ceilings = {rule.id: LADDER.index(rule.ceiling) for rule in book.rules}
    order = [rule.id for rule in book.rules]

    def covers(other, rule):
        lower = ceilings[other] <= ceilings[rule]
        return lower and all(other in here for here in binds if rule in here)

    idle = {
        rule
        for rule in order
        if any(rule in here for here in binds)
        and list(fixed_space(book, without(book, rule))) == before
    }
    alone = {rule: [one for one in order if one != rule and covers(one, rule)] for rule in idle}
    shadowed = {
        rule
        for rule, others in alone.items()
        if any(not (order.index(one) > order.index(rule) and covers(rule, one)) for one in others)
    }
    assert named(found("shadowed-rule", book)) == shadowed
    assert named(found("redundant-rule", book)) == {rule for rule in idle if not alone[rule]}


def test_the_random_rulebooks_have_what_is_looked_for():
    for name in ("vacuous-rule", "always-binding", "shadowed-rule", "redundant-rule", "hole"):
        assert any(found(name, book_of(seed)) for seed in range(90)), name
    assert any(found("unreachable-decision", book_of(seed)) for seed in range(90))


@pytest.mark.parametrize("seed", range(40))
def test_a_rule_that_lint_calls_idle_changes_nothing_in_any_reading(seed):
    book = hedged_rulebook(seed, fields=2, rules=4, hedges=3)
    idle = named(found("shadowed-rule", book)) | named(found("redundant-rule", book))
    names = [one.id for one in book.hedges]
    for size in range(len(names) + 1):
        for used in combinations(names, size):
            reading = read_as(book, used)
            before = [level for level, _ in fixed_space(book, reading)]
            for rule in idle:
                after = [level for level, _ in fixed_space(book, without(reading, rule))]
                assert after == before, (rule, used)


@pytest.mark.parametrize("seed", range(60))
def test_unreachable_decisions_are_those_that_no_profile_has(seed):
    book = book_of(seed)
    levels = {LADDER.index(answer.level_worst) for _, answer in profiles(book)}
    messages = " ".join(one.message for one in found("unreachable-decision", book))
    stops, goes = min(levels) < GO, max(levels) >= GO
    assert ("never stops anything" in messages) == (not stops)
    assert ("never lets anything go" in messages) == (not goes)
    for place, level in enumerate(LADDER):
        spoken = stops if place < GO else goes
        said = f"decided as `{level}`" in messages
        assert said == (spoken and place not in levels)
    going = {
        case.deployment.value
        for case, answer in profiles(book)
        if LADDER.index(answer.level_worst) >= GO
    }
    assert ("no model can go" in messages) == (0 < len(going) < len(TYPES))


@pytest.mark.parametrize("seed", range(60))
def test_holes_are_profiles_at_go_that_ask_for_nothing_or_for_nothing_measured(seed):
    book = book_of(seed)
    rates = {one.name for one in book.fields if isinstance(one, RateField)}
    silent = on_a_word = False
    for case, answer in profiles(book):
        if LADDER.index(answer.level_worst) < GO:
            continue
        asking = [one for one in answer.rules if one.applies is Truth.TRUE and one.rule.requires]
        silent = silent or not asking
        read = {
            name
            for one in asking
            for asked in one.rule.requires
            for name in Case(book, case).reads(asked.condition)
        }
        findings = {one.finding for one in book.fields if isinstance(one, RateField)}
        on_a_word = on_a_word or not read & (rates | findings)
    wanted = ["error"] if silent else ["warning"] if on_a_word else []
    assert [one.severity for one in found("hole", book)] == wanted


@pytest.mark.parametrize("seed", range(40))
def test_levels_without_consequences_are_those_that_change_no_profile(seed):
    book = random_rulebook(Random(seed), FACTS[:2], 3, derived=False)
    (field,) = (one for one in book.fields if one.name == "cyber")
    said = {
        pair
        for one in found("indistinct-levels", book, concerns={"cyber": "capability"})
        for pair in [tuple(part for part in one.message.split("`") if part in field.levels)]
    }
    read = any("cyber" in str(rule) for rule in book.rules)
    wanted = set()
    for lower, higher in zip(field.levels, field.levels[1:], strict=False):
        table = {}
        for case, answer in profiles(book):
            others = tuple(sorted((k, v) for k, v in case.facts.items() if k != "cyber"))
            table.setdefault((case.deployment, others), {})[case.facts.get("cyber")] = (
                answer.level_worst
            )
        if read and all(row[lower] == row[higher] for row in table.values()):
            wanted.add((higher, lower))
    assert said == wanted


@pytest.mark.parametrize("seed", range(30))
def test_a_search_that_is_cut_short_says_less_and_never_something_else(seed, monkeypatch):
    book = book_of(seed, fields=3)
    document = documented(book)
    full = set(lint(document, LOGIC_RULES).findings)
    monkeypatch.setattr(questions, "BUDGET", 2)
    for one in lint(document, LOGIC_RULES).findings:
        settled = one in full or "not settled" in one.message
        # a graver profile, or a shorter list of witnesses, may be out of reach
        assert settled or (one.rule, one.subject) in {(a.rule, a.subject) for a in full}


@pytest.mark.parametrize("seed", range(30))
def test_duplicate_requirements_hold_whenever_the_other_holds(seed):
    book = book_of(seed)
    verdicts = {}
    for _, answer in profiles(book):
        for rule in answer.rules:
            if rule.applies is Truth.TRUE:
                for one in rule.requirements:
                    verdicts.setdefault(one.requirement.id, []).append(one.verdict)
    for one in found("duplicate-requirement", book):
        contained, other = one.rules
        pairs = zip(verdicts[contained], verdicts[other], strict=True)
        assert all(mine is Verdict.KEPT for mine, its in pairs if its is Verdict.KEPT)


def test_the_order_of_the_rules_changes_no_finding_about_decisions():
    for seed in range(20):
        book = book_of(seed)
        turned = msgspec.structs.replace(book, rules=tuple(reversed(book.rules)))
        for name in ("hole", "unreachable-decision", "vacuous-rule", "always-binding"):
            assert {
                (one.severity, one.message.split("; only")[0]) for one in found(name, book)
            } == {(one.severity, one.message.split("; only")[0]) for one in found(name, turned)}
