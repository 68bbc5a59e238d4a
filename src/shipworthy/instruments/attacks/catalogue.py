"""The attacks that come with the product, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shipworthy.instruments.attacks.attack import Attack, DialogueAttack, TextAttack, join_attacks
from shipworthy.instruments.attacks.dialogue import DIALOGUE
from shipworthy.instruments.attacks.encoding import ENCODING
from shipworthy.instruments.attacks.formatting import FORMATTING, OUTPUT
from shipworthy.instruments.attacks.framing import FRAMING, PLAIN
from shipworthy.instruments.attacks.pressure import PRESSURE
from shipworthy.kernel import Problem, did_you_mean

ATTACKS: Final[tuple[TextAttack | DialogueAttack, ...]] = (
    PLAIN,
    *FRAMING,
    *PRESSURE,
    *ENCODING,
    *FORMATTING,
    *OUTPUT,
    *DIALOGUE,
)
"""All built-in attacks, in catalogue order."""

_BY_NAME: Final[Mapping[str, Attack]] = MappingProxyType(
    {attack.name: attack for attack in ATTACKS}
)


def parse_attack(name: str, more: Mapping[str, Attack] | None = None) -> Attack:
    """Return the attack of that name; names joined by `+` are applied from left to right.

    Args:
        name: `role-play`, or `role-play+base64`.
        more: attacks from plug-ins or installed packages, by name; they do not replace built-ins.

    Raises:
        Problem: `attack-unknown` with the nearest name, or `attack-order`.
    """
    known = {**(more or {}), **_BY_NAME}
    if name in known:
        return known[name]
    steps = name.split("+")
    for step in steps:
        if step not in known:
            raise Problem.of(
                "attack-unknown", f"no attack is called `{step}`", help=did_you_mean(step, known)
            )
    return join_attacks(*(known[step] for step in steps))
