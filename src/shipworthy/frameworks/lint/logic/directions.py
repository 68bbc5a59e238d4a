"""Fields of which a riskier value permits more."""

from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.frameworks.compare.profiles import WHERE
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.lint.finding import LintFinding, LintSeverity, Subject
from shipworthy.frameworks.lint.logic.questions import (
    GateQuestions,
    gate_questions,
    unsettled,
)
from shipworthy.frameworks.lint.logic.reading import read_by_gate
from shipworthy.frameworks.prove.answers import Judged
from shipworthy.frameworks.prove.grounds import grounds
from shipworthy.frameworks.prove.monotone import Monotony, monotony
from shipworthy.records import RateField

_BUDGET: Final = 200
"""Boxes for one question: there is one for each step of each field; `prove` asks for longer."""

_DANGERS: Final = frozenset({"", "capability", "residual", "propensity"})


class NonMonotoneField:
    """Finds fields of which a riskier value permits more, with the two profiles that show it."""

    id: ClassVar[str] = "non-monotone-field"
    severity: ClassVar[LintSeverity] = "error"
    title: ClassVar[str] = "a riskier value permits more"
    why: ClassVar[str] = "being more dangerous then is a way to be allowed more"

    def check(self, document: FrameworkDocument) -> Iterator[LintFinding]:
        """Yield one finding for each field; deployment types only where nothing read is a rate.

        An error where the field is about a danger; a warning where it is about anything else.

        Bare and safeguarded rates vary freely in profiles, so that rules which read one for closed
        and the other for open deployment would always look as if openness permitted more.
        """
        shown: dict[str, list[tuple[GateQuestions, Monotony]]] = {}
        for questions in gate_questions(document):
            rates = _reads_rates(questions)
            for one in _answers(questions):
                if one.outcome != "proved" and not (rates and one.field == WHERE.name):
                    shown.setdefault(one.field, []).append((questions, one))
        dangers = {one.field.name for one in document.fields if one.concerns in _DANGERS}
        for name, found in shown.items():
            grave = name.removesuffix(".point") in dangers
            yield self._finding(found, "error" if grave else "warning")

    def _finding(
        self, found: list[tuple[GateQuestions, Monotony]], severity: LintSeverity
    ) -> LintFinding:
        name = found[0][1].field.removesuffix(".point")
        where = name == WHERE.name
        subject = Subject("decisions") if where else Subject("field", name)
        for questions, one in found:
            if one.safer is None or one.riskier is None:
                continue
            return LintFinding(
                rule=self.id,
                severity=severity,
                message=f"at gate `{questions.gate}`, {_situation(one.safer)}: "
                f"`{one.safer.decision}`; with {_setting(one)}: `{one.riskier.decision}`, although "
                f"only `{name}` is riskier",
                subject=subject,
                clauses=one.safer.clauses,
                rules=one.safer.rules,
                advice=f"let the rules that restrict the first restrict the second: `{name}` at "
                "this value or a riskier one",
            )
        return unsettled(self, subject, f"whether a riskier `{name}` ever permits more")


def _answers(questions: GateQuestions) -> Iterator[Monotony]:
    """Yield the answers; types that no rule tells apart are asked about once."""
    read = read_by_gate(questions.rulebook, questions.gate)
    kinds = list(questions.kinds if WHERE.name in read else questions.kinds[:1])
    ground = grounds(
        questions.rulebook, questions.gate, (), within=questions.within, budget=_BUDGET
    )
    yield from monotony(ground, ground.charitable, "charitable", kinds)


def _situation(profile: Judged) -> str:
    settings = [f"{one.name} {one.value}" for one in profile.settings]
    return f"deployment {', '.join([profile.deployment, *settings])}"


def _setting(one: Monotony) -> str:
    """Return in words what the riskier profile has that the safer one has not."""
    if one.safer is None or one.riskier is None:
        raise TypeError(one.field)
    if one.field == WHERE.name:
        return f"deployment {one.riskier.deployment}"
    before = {(setting.name, setting.value) for setting in one.safer.settings}
    return ", ".join(
        f"{setting.name} {setting.value}"
        for setting in one.riskier.settings
        if (setting.name, setting.value) not in before
    )


def _reads_rates(questions: GateQuestions) -> bool:
    rulebook = questions.rulebook
    read = read_by_gate(rulebook, questions.gate)
    return any(isinstance(one, RateField) and one.name in read for one in rulebook.fields)
