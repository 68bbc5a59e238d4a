"""Is what was confidential in the laboratory confidential in the deployment?

One stack, with one digest, keeps in only what it is told is a secret. In the laboratory the
scenario says which system turn is one; where clients write system turns, the policy of the
deployment does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shipworthy.kernel import Digest
from shipworthy.records.live.confirmations import DriftCheck, DriftStatus
from shipworthy.records.live.deployments import turn_digest
from shipworthy.vocabulary import Message

Secrets = Mapping[Digest, frozenset[Digest]]
"""Each confidential turn of the laboratory, by digest, with the digests of the texts in which it
can arrive as a system turn."""

_HOW: Final = "what the deployment says that its layers are told"
_WORDS: Final = frozenset({"confidential", "public"})


@dataclass(frozen=True, slots=True)
class KeptIn:
    """Which system turns a deployment takes for secrets.

    Attributes:
        system_turns: `confidential` for all, `public` for none; anything else is not known.
        public_turns: digests of those that are none all the same.
    """

    system_turns: str = ""
    public_turns: Collection[Digest] = ()


def secrets_of(conversations: Iterable[Sequence[Message]]) -> Secrets:
    """Return what was confidential: each turn alone, and with all system turns as one text.

    The second is how a wire format with room for one system turn carries it.
    """
    found: defaultdict[Digest, frozenset[Digest]] = defaultdict(frozenset)
    for turns in conversations:
        whole = "\n\n".join(turn.content for turn in turns if turn.role == "system")
        for turn in turns:
            if turn.confidential and turn.content.strip():
                alone = turn_digest(turn.content)
                found[alone] |= {alone, turn_digest(whole)}
    return found


def made_public(lab: Secrets, field: KeptIn) -> frozenset[Digest]:
    """Return the turns that were confidential in the laboratory and are not in the deployment."""
    if field.system_turns == "public":
        return frozenset(lab)
    public = frozenset(field.public_turns)
    return frozenset(turn for turn, forms in lab.items() if forms & public)


def policy_check(lab: Secrets, field: KeptIn) -> DriftCheck:
    """Hold what is confidential in the deployment against what was in the laboratory.

    More of it is no difference here: if harmless answers are refused for it, the comparison of
    rates says so.
    """
    lost = made_public(lab, field)
    status: DriftStatus = "same"
    how = _HOW
    if not lab:
        how = "no layer was told of a confidential turn in the laboratory"
    elif field.system_turns not in _WORDS:
        status, how = "unknown", "not disclosed"
    elif lost:
        status = "differs"
    return DriftCheck(
        name="policy",
        status=status,
        lab=f"{len(lab)} system turns confidential",
        field=_field(field, len(lost)),
        how=how,
    )


def _field(field: KeptIn, lost: int) -> str:
    if field.system_turns not in _WORDS:
        return "not disclosed"
    if field.system_turns == "public":
        return f"no system turn confidential, {lost} of these public"
    named = len(field.public_turns)
    but = f" but {named}" if named else ""
    return f"every system turn{but} confidential, {lost} of these public"
