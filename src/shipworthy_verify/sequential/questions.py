"""The questions of a plan, refused when they are not as spec/sequential.md, 9.1 and 9.8, wants."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NoReturn

from shipworthy_verify.reading import Json, Refused, digest_of
from shipworthy_verify.rules import decimal
from shipworthy_verify.sequential import levels
from shipworthy_verify.sequential.design import Design, read_design

ADVERSARIAL: Final = "adversarial"
_FIELDS: Final = {"finding", "limit", "design"}


@dataclass(frozen=True)
class Question:
    """Whether the attack success of an arm in a domain lies below a limit."""

    domain: str
    arm: str
    text: str
    limit: Fraction
    design: Design

    @property
    def finding(self) -> str:
        """Id of the finding that it reads."""
        return f"asr.{self.domain}.{self.arm}"

    @property
    def id(self) -> str:
        """Finding and limit, as a plan writes it."""
        return f"{self.finding}@{self.text}"


def read_questions(plan: Json) -> tuple[Question, ...]:
    """Return the questions of a plan.

    Raises:
        Refused: `SV-PLAN-STOPPING`.
    """
    arms = [arm["arm"] for arm in plan["arms"]]
    questions = tuple(_question(plain, arms) for plain in plan["stopping"])
    ranks = [(question.finding, question.limit) for question in questions]
    if any(one >= other for one, other in pairwise(ranks)):
        _refuse("the questions of the plan are not in ascending order, or one stands there twice")
    scenarios = {
        domain: len(_checked_order(plan, domain))
        for domain in sorted({question.domain for question in questions})
    }
    for question in questions:
        _check_terms(question, plan, scenarios[question.domain])
    return questions


def order_of(plan: Json, domain: str) -> list[str]:
    """Return the scenarios that are attacked in a domain, as the plan orders them."""
    return [
        item["scenario"]
        for item in plan["items"]
        if item["domain"] == domain and item["role"] == ADVERSARIAL
    ]


def _question(plain: Any, arms: list[str]) -> Question:
    if not isinstance(plain, dict) or set(plain) != _FIELDS:
        _refuse("a question of the plan has other fields than a question")
    metric, _, rest = str(plain["finding"]).partition(".")
    domain, _, arm = rest.rpartition(".")
    limit = decimal(plain["limit"])
    if metric != "asr" or domain in {"", "all"} or arm not in arms:
        _refuse(f"`{plain['finding']}` is no attack success of a domain and an arm of the plan")
    if limit is None or not 0 < limit < 1:
        _refuse(f"the limit of a question about `{plain['finding']}` is no rate")
    try:
        design = read_design(plain["design"])
    except (TypeError, ValueError) as fault:
        _refuse(f"the design for `{plain['finding']}` is not one: {fault}")
    return Question(domain, arm, plain["limit"], limit, design)


def _checked_order(plan: Json, domain: str) -> list[str]:
    """Return the order of a sequential domain, which nobody can have chosen."""
    order = order_of(plan, domain)
    if not order or len(set(order)) != len(order):
        _refuse(f"domain `{domain}` does not have one attack for each of its scenarios")
    if order != sorted(order, key=lambda name: digest_of([plan["seed"], "order", name])):
        _refuse(f"the scenarios of domain `{domain}` are not in the order of their digests")
    return order


def _check_terms(question: Question, plan: Json, scenarios: int) -> None:
    """Check what ties a design to its domain, to the gate's level and to the limit."""
    design = question.design
    if design.cap > scenarios:
        _refuse(f"`{question.id}` may take {design.cap} scenarios, its domain has {scenarios}")
    if design.alpha != levels.rate_alpha(plan):
        _refuse(f"the error of `{question.id}` is not four fifths of the gate's level")
    if not design.theta <= question.limit <= design.fail_theta:
        _refuse(f"the thresholds of `{question.id}` do not lie around its limit")


def _refuse(sentence: str) -> NoReturn:
    raise Refused("SV-PLAN-STOPPING", sentence)
