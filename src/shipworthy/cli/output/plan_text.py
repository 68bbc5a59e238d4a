"""What a plan can show, in words for a terminal and as JSON."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from shipworthy.app.foresight import Foresight, MissingFact, Outlook, Question
from shipworthy.cli.output.decision_text import GLYPHS
from shipworthy.cli.output.plan_advice import judge_notes
from shipworthy.cli.output.streams import Output
from shipworthy.cli.output.submission_text import (
    level_line,
    submission_line,
    submission_warnings,
)
from shipworthy.kernel import significant
from shipworthy.records import BALANCE_METHOD, JUDGE_SHARE, TWO_PHASE_METHOD
from shipworthy.stages.evaluating.prospects import (
    EarlyChance,
    EarlyDecision,
    ExpectedScenarios,
    KeptChance,
    Prospect,
    RateGoal,
)
from shipworthy.vocabulary import Verdict

NOT_SET: Final = (
    'campaigns with `stopping = "sequential"` end early: `early stop` says what that would cost'
)

_SHOWN_PASSES: Final = 4

_NOUNS: Final = {
    ("asr", True): ("breached scenario", "breached scenarios"),
    ("asr-at-k", True): ("breached scenario", "breached scenarios"),
    ("over-refusal", True): ("refused request", "refused requests"),
    ("balance", True): ("topic tilted all the way", "topics tilted all the way"),
    ("usefulness", False): ("answer of no use", "answers of no use"),
    ("control-miss", True): ("missed family", "missed families"),
    ("control-unseen", True): ("unseen family", "unseen families"),
    ("control-alarm", True): ("family with a false alarm", "families with a false alarm"),
    ("control-done", False): ("family that is not done", "families that are not done"),
}
_ANY: Final = ("scenario against it", "scenarios against it")
_MARKS: Final = {True: ("✓ can be kept", "green"), False: ("✗ cannot be kept", "red")}


def plan_lines(foresight: Foresight, output: Output, further: Iterable[str] = ()) -> Iterator[str]:
    """Yield the whole outlook: what would run, what each requirement can come to, what is missing.

    Ends with the warnings, `further` ones last; the campaign's name and framework are for the
    caller to say.
    """
    yield from _size_lines(foresight)
    for question in foresight.questions:
        yield ""
        yield from _question_lines(question, output)
    yield ""
    yield from _gap_lines(foresight)
    for warning in (*warnings(foresight), *further):
        yield f"warning: {warning}"
    yield _summary(foresight, output)


def warnings(foresight: Foresight) -> tuple[str, ...]:
    """Return what to mend before anything runs, in sentences."""
    return tuple(dict.fromkeys(_warnings(foresight)))


def percent(text: str, *, up: bool) -> str:
    """Write a probability with one digit after the point, rounded as told."""
    tenth = Decimal("0.1")
    shown = (Decimal(text) * 100).quantize(tenth, ROUND_CEILING if up else ROUND_FLOOR)
    return f"{shown} %"


def goal_text(goal: RateGoal) -> str:
    """Write what is asked of a rate, as a framework would."""
    bound = f".{goal.atom.bound}" if goal.atom.bound else ""
    said = f"{goal.field.finding}{bound} {goal.atom.operator} {goal.atom.value}"
    return said if goal.wanted else f"not ({said})"


def _size_lines(foresight: Foresight) -> Iterator[str]:
    size = foresight.size
    domains = ", ".join(f"{domain} {count}" for domain, count in size.scenarios.items())
    if size.scenarios:
        yield f"scenarios    {sum(size.scenarios.values()):,}: {domains}"
        yield f"attempts     {_several(size.attempts, 'attack', 'attacks')} on each, in each arm"
    beside = "".join(f", {count:,} {role}" for role, count in size.beside.items())
    yield (
        f"trials       {size.trials:,}: {size.adversarial:,} adversarial, {size.benign:,} benign"
        f"{beside}, {size.controls:,} controls (scripted, no request)"
    )
    each = ", one for each step of an agent" if "agency" in size.beside else ""
    yield f"requests     at most {size.requests:,}, not counting repeats after errors{each}"
    yield f"submission   {submission_line(foresight.submission)}"
    yield (
        f"bounds       one-sided at alpha {level_line(foresight.submission, foresight.alpha)}; "
        f"accepted up to {foresight.alpha_accepted}; the unit is the scenario"
    )


def _question_lines(question: Question, output: Output) -> Iterator[str]:
    kept = question.clean in {Verdict.KEPT, None}
    mark = output.styled(*_MARKS[kept])
    yield f"{mark}  {question.title}  [{', '.join(question.clauses)}]"
    if question.clean is None:
        yield "  asked        only if the measurement makes its rule apply"
    if question.why:
        yield f"  why          {question.why}"
    for outlook in question.outlooks:
        yield from _outlook_lines(outlook)


def _outlook_lines(outlook: Outlook) -> Iterator[str]:
    reads = goal_text(outlook.goal)
    found = outlook.prospect
    if found is None:
        yield f"  reads        {reads}: this plan does not measure it"
        return
    rate, noun = found.rate, _nouns(found)
    each = _several(max(rate.sizes[0], rate.attempts), "attempt", "attempts")
    if found.early is not None:
        yield f"  reads        {reads}; up to {len(rate.sizes):,} scenarios, decided after each"
        yield from _judge_lines(found)
        yield from _early_lines(found, found.early)
        return
    if rate.metric == "balance":
        yield f"  reads        {reads}; {len(rate.sizes):,} topics"
    else:
        yield f"  reads        {reads}; {len(rate.sizes):,} scenarios, {each} each"
    yield from _judge_lines(found)
    yield f"  clean run    {_clean(found)}"
    yield f"  tolerates    {_tolerates(found, noun)}"
    yield f"  needs        {_needs(found, noun)}"
    if rate.metric == "balance":
        yield "  noise        not foreseen here: `shipworthy balance plan` says what it takes"
    yield from _chance_lines(found)
    yield from _sequential_lines(found)


def _judge_lines(found: Prospect) -> Iterator[str]:
    if found.sensitivity is None or found.clean.bounds is None:
        return
    cards = ", ".join(f"{one.name} {one.catches or 'without card'}" for one in found.judges)
    spent = (Decimal(found.clean.bounds.alpha) * Decimal(str(JUDGE_SHARE))).normalize()
    least = percent(found.sensitivity, up=False)
    yield f"  judge        caught {cards}; at least {least}, for {significant(spent, 2)} of alpha"


def _clean(found: Prospect) -> str:
    bounds = found.clean.bounds
    if found.goal.atom.bound == "point":
        return "read without a bound: chance alone can keep or break it"
    if bounds is None:
        return "no bounds"
    method = "Clopper-Pearson"
    if bounds.method == BALANCE_METHOD:
        method = "of a bounded mean, no topic tilted"
    if bounds.method == TWO_PHASE_METHOD:
        method = "read by people who find the judge right"
    if found.rate.repeated:
        method = "Korn-Graubard, every scenario worth one attempt"
    if found.goal.small:
        return f"upper bound {percent(bounds.upper_adjusted, up=True)} ({method})"
    return f"lower bound {percent(bounds.lower, up=False)} ({method})"


def _tolerates(found: Prospect, noun: tuple[str, str]) -> str:
    if found.tolerates < 0:
        blocked = "; ".join(found.clean.blockers)
        return f"not even a clean run{f': {blocked}' if blocked else ''}"
    most = f"{_several(found.tolerates, *noun)}"
    if found.tolerates_spread is None:
        return most
    return f"{most} with all attempts, {found.tolerates_spread:,} with one attempt each"


def _needs(found: Prospect, noun: tuple[str, str]) -> str:
    if found.needed[0] is None:
        return f"what no number of {_units(found)} gives"
    parts = [
        f"{'too many' if scenarios is None else f'{scenarios:,}'} for {adverse}"
        for adverse, scenarios in enumerate(found.needed)
    ]
    return f"{_units(found)}: {', '.join(parts)} {noun[1]}"


def _units(found: Prospect) -> str:
    return "topics" if found.rate.metric == "balance" else "scenarios"


def _chance_lines(found: Prospect) -> Iterator[str]:
    if found.wrong is None or not found.can_be_kept:
        return
    alike = ", when all attempts on a scenario end alike (not computed between)"
    suffix = alike if found.rate.repeated else ""
    rates = _rates(found.chances)
    exact = ", ".join(percent(chance.exact_judge, up=False) for chance in found.chances)
    yield f"  kept         in {exact} of campaigns at true rates of {rates}{suffix}"
    counted = [one.judge_as_counted for one in found.chances]
    if all(counted) and any(one.judge_as_counted != one.exact_judge for one in found.chances):
        shown = ", ".join(percent(one or "0", up=False) for one in counted)
        yield f"               in {shown} if the judges err as often as on their cards"
    wrong = percent(found.wrong.exact_judge, up=True)
    poorest = ""
    if found.sensitivity is not None and not found.rate.repeated:
        poorest = f", {percent(found.wrong.poorest_judge, up=True)} with the poorest judge allowed"
    yield f"  wrongly kept in {wrong} at the limit itself{poorest}{suffix}"


def _sequential_lines(found: Prospect) -> Iterator[str]:
    cost = found.sequential
    if cost is None:
        return
    mean = ", ".join(f"{row.scenarios:,}" for row in cost.expected)
    kept = ", ".join(percent(row.passed, up=False) for row in cost.expected)
    rates = _rates(cost.expected)
    planned = len(found.rate.sizes)
    room = f", of which this plan has {planned:,}" if cost.cap > planned else ""
    yield f"  early stop   {mean} scenarios on average at {rates}, at most {cost.cap:,}{room}"
    yield (
        f"               kept in {kept}, wrongly in at most {percent(cost.false_go, up=True)}; "
        f"one look of that power: {cost.fixed_scenarios:,} scenarios, {cost.fixed_accepts} allowed"
    )


def _early_lines(found: Prospect, early: EarlyDecision) -> Iterator[str]:
    design = early.question.design
    if found.tolerates < 0:
        yield f"  passes       {_tolerates(found, _nouns(found))}"
        yield f"  needs        {_needs(found, _nouns(found))}"
    else:
        shown = [f"{count:,} with {adverse}" for adverse, count in enumerate(early.passes)]
        more = f", and so on to {shown[-1]}" if len(shown) > _SHOWN_PASSES else ""
        first = ", ".join(shown[:_SHOWN_PASSES])
        yield f"  passes       after scenario {first} breached{more}; at most {design.cap:,}"
    rates = _rates(early.chances)
    yield f"  true rates   {rates}"
    yield f"  scenarios    {', '.join(f'{one.scenarios:,}' for one in early.chances)} on average"
    passed = ", ".join(percent(one.passed, up=False) for one in early.chances)
    failed = ", ".join(percent(one.failed, up=False) for one in early.chances)
    yield f"  kept         {passed} of campaigns"
    counted = [one.passed_as_counted for one in early.chances]
    if all(counted):
        shown_counted = ", ".join(percent(one or "0", up=False) for one in counted)
        yield f"               {shown_counted} if the judges err as often as on their cards"
    yield f"  broken       {failed}"
    yield (
        f"  wrongly kept in at most {percent(early.false_go, up=True)} at or above the limit, "
        f"wrongly broken in at most {percent(early.false_fail, up=True)} at or below it"
    )
    yield (
        f"  one look     of the same power: {design.fixed_scenarios:,} scenarios, "
        f"{design.fixed_accepts} breached allowed"
    )


def _gap_lines(foresight: Foresight) -> Iterator[str]:
    asked = {question.id for question in foresight.questions}
    for result in foresight.clean.requirements:
        if f"{result.rule}/{result.requirement}" not in asked and result.verdict != "kept":
            yield f"{GLYPHS[result.verdict]} {result.verdict}  {result.title}: {result.why}"
    for fact in foresight.facts:
        yield f"fact missing {_fact(fact)}"
    for fact in foresight.facts_if:
        yield f"fact if      {_fact(fact)}, if the measurement makes that rule apply"
    stated = {result.missing for result in foresight.clean.requirements}
    for gap in foresight.clean.missing:
        if gap not in stated:
            yield f"missing      {gap}"
    if foresight.roles:
        yield f"role missing {', '.join(foresight.roles)}: a go stands only when they have signed"
    shown = (o.prospect for q in foresight.questions for o in q.outlooks)
    if not foresight.stops_early and any(one and one.sequential for one in shown):
        yield f"note         {NOT_SET}"
    for note in judge_notes(foresight):
        yield f"note         {note}"


def _warnings(foresight: Foresight) -> Iterator[str]:
    yield from submission_warnings(foresight.opposed)
    for question in foresight.questions:
        for outlook in question.outlooks:
            if question.clean not in {Verdict.KEPT, None} and not _opposed(outlook, foresight):
                yield from _never(outlook)
    for finding in foresight.statistics:
        yield f"{finding.message}; {finding.advice} [{finding.rule}]"


def _opposed(outlook: Outlook, foresight: Foresight) -> bool:
    """Whether earlier submissions stand against a rate: its own warning says so."""
    if outlook.prospect is None:
        return False
    rate = outlook.prospect.rate
    return bool(foresight.opposed.against(rate.metric, rate.domain))


def _never(outlook: Outlook) -> Iterator[str]:
    found, reads = outlook.prospect, goal_text(outlook.goal)
    if found is None:
        yield f"`{reads}` cannot be kept: the plan measures no `{outlook.goal.field.finding}`"
    elif not found.can_be_kept and found.needed[0] is not None:
        planned = len(found.rate.sizes)
        yield (
            f"`{reads}` cannot be kept by {planned:,} {_units(found)}: even without "
            f"{_article(_nouns(found)[0])} it needs {found.needed[0]:,}"
        )
    elif not found.can_be_kept:
        yield f"`{reads}` cannot be kept by any number of {_units(found)} under these terms"


def _summary(foresight: Foresight, output: Output) -> str:
    results = foresight.clean.requirements
    kept = sum(result.verdict == "kept" for result in results)
    word = output.styled(*(("YES", "green") if foresight.promising else ("NO", "red")))
    return (
        f"{word}  a clean run would keep {kept} of {len(results)} requirements; "
        f"its draft would be {foresight.clean.ruling}"
    )


def _fact(fact: MissingFact) -> str:
    judge = f", judged by {fact.judged_by}" if fact.judged_by else ""
    return f"{fact.field}{judge}: asked by {', '.join(fact.asked_by)}"


def _nouns(found: Prospect) -> tuple[str, str]:
    return _NOUNS.get((found.rate.metric, found.goal.small), _ANY)


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _several(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _rates(rows: Iterable[KeptChance | ExpectedScenarios | EarlyChance]) -> str:
    return ", ".join(f"{(Decimal(row.rate) * 100).normalize():f} %" for row in rows)
