"""Attacks: what an attacker does to a request, as seeded and composable transformations."""

from shipworthy.instruments.attacks.attack import (
    Attack,
    DialogueAttack,
    JoinedAttack,
    TextAttack,
    framed,
    join_attacks,
)
from shipworthy.instruments.attacks.catalogue import ATTACKS, parse_attack
from shipworthy.instruments.attacks.composing import Composer, compose_benign, compose_request

__all__ = [
    "ATTACKS",
    "Attack",
    "Composer",
    "DialogueAttack",
    "JoinedAttack",
    "TextAttack",
    "compose_benign",
    "compose_request",
    "framed",
    "join_attacks",
    "parse_attack",
]
