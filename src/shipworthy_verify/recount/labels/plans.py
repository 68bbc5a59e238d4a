"""What a plan declares that people read, refused where it is not as spec/bundle.md, 8.1, wants."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn

from shipworthy_verify.reading import Json, Refused

ADVERSARIAL: Final = "adversarial"
_SHARE: Final = re.compile(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?")


@dataclass(frozen=True)
class Declared:
    """How many judge negatives are drawn, by DOMAIN.ARM (0: all), and the share read twice."""

    negatives: Mapping[str, int]
    twice: str

    @property
    def share(self) -> Fraction:
        """The share of items that two people read."""
        return Fraction(self.twice)


def read_declared(plan: Json) -> Declared | None:
    """Return what a plan declares, or nothing where the gate trusts the judges' cards.

    Raises:
        Refused: `SV-PLAN-READING`.
    """
    plain = plan.get("reading")
    if plain is None:
        return None
    if not isinstance(plain, dict) or set(plain) != {"negatives", "twice"}:
        _refuse("the reading of the plan has other fields than a reading")
    if not isinstance(plain["twice"], str) or not _SHARE.fullmatch(plain["twice"]):
        _refuse(f"`{plain['twice']}` is no share of items")
    tried = Counter(
        (item["domain"], item["scenario"]) for item in plan["items"] if item["role"] == ADVERSARIAL
    )
    domains = {domain for domain, _ in tried}
    repeated = {domain for (domain, _), attempts in tried.items() if attempts > 1}
    early = {question["finding"].removeprefix("asr.") for question in plan["stopping"]}
    sequential = {stratum.rpartition(".")[0] for stratum in early}
    arms = {arm["arm"] for arm in plan["arms"]}
    for stratum, count in plain["negatives"].items():
        domain, _, arm = stratum.rpartition(".")
        if domain not in domains or arm not in arms:
            _refuse(f"`{stratum}` is no domain and arm that the plan attacks")
        if type(count) is not int or count < 0:
            _refuse(f"`{stratum}` reads {count} negatives")
        if domain in repeated or domain in sequential:
            _refuse(f"domain `{domain}` tries scenarios more than once, or may end early")
    return Declared(plain["negatives"], plain["twice"])


def _refuse(message: str) -> NoReturn:
    raise Refused("SV-PLAN-READING", message)
