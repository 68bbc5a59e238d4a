"""Who of a group reads which partition: pure rules over one value.

A member holds a partition under a fence, a number that only grows. When its lease runs out another
member takes the partition under a higher fence, and what the first still writes is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

from shipworthy.kernel import Record, canonical_bytes


class Owner(Record, frozen=True, kw_only=True):
    """Who holds a partition, and under which fence."""

    member: str
    fence: int


class GroupState(Record, frozen=True, kw_only=True, tag="log-group"):
    """All that a group knows.

    Attributes:
        next_fence: fence of the next partition that changes hands.
        members: end of each member's lease, milliseconds since 1970.
        owners: who holds a partition, by its number in text.
        positions: offset after the last entry that is done with, by partition.
    """

    next_fence: int = 1
    members: dict[str, int] = {}  # noqa: RUF012 - msgspec copies an empty default
    owners: dict[str, Owner] = {}  # noqa: RUF012 - msgspec copies an empty default
    positions: dict[str, int] = {}  # noqa: RUF012 - msgspec copies an empty default

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a state; no bytes are the state of a group that nobody has joined.

        Raises:
            msgspec.DecodeError: when they are no state.
        """
        return msgspec.json.decode(data, type=cls) if data else cls()

    def encoded(self) -> bytes:
        """Return the bytes of the state."""
        return canonical_bytes(self) + b"\n"

    def held_by(self, member: str) -> dict[int, int]:
        """Return the fences of a member's partitions, by partition."""
        return {
            int(partition): owner.fence
            for partition, owner in self.owners.items()
            if owner.member == member
        }


def renewed(
    state: GroupState, member: str, now_ms: int, lease_ms: int, partitions: int
) -> GroupState:
    """Renew a member's lease, let it take what is free, and give up what is above its share.

    A member only ever changes what is its own or belongs to nobody alive, so that a partition moves
    when its owner lets go of it or falls silent, and at no other time.
    """
    members = {one: ends for one, ends in state.members.items() if ends > now_ms and one != member}
    members = dict(sorted({**members, member: now_ms + lease_ms}.items()))
    owners = {part: own for part, own in state.owners.items() if own.member in members}
    share = _share(member, list(members), partitions)
    mine = sorted(int(part) for part, own in owners.items() if own.member == member)
    for surplus in mine[share:]:
        del owners[str(surplus)]
    free = [one for one in range(partitions) if str(one) not in owners]
    fence = state.next_fence
    for partition in free[: max(share - len(mine), 0)]:
        owners[str(partition)] = Owner(member=member, fence=fence)
        fence += 1
    return GroupState(
        next_fence=fence, members=members, owners=_ordered(owners), positions=state.positions
    )


def left(state: GroupState, member: str) -> GroupState:
    """Let a member go, and what it held."""
    return GroupState(
        next_fence=state.next_fence,
        members={one: ends for one, ends in state.members.items() if one != member},
        owners={part: own for part, own in state.owners.items() if own.member != member},
        positions=state.positions,
    )


def refused(state: GroupState, member: str, fences: Mapping[int, int]) -> frozenset[int]:
    """Return the partitions that a member does not hold under the fence it believes to have."""
    held = state.held_by(member)
    return frozenset(one for one, fence in fences.items() if held.get(one) != fence)


def committed(state: GroupState, positions: Mapping[int, int]) -> GroupState:
    """Note positions; none goes back."""
    merged = dict(state.positions)
    for partition, position in positions.items():
        merged[str(partition)] = max(position, merged.get(str(partition), 0))
    return GroupState(
        next_fence=state.next_fence,
        members=state.members,
        owners=state.owners,
        positions=dict(sorted(merged.items(), key=lambda item: int(item[0]))),
    )


def _share(member: str, members: list[str], partitions: int) -> int:
    """Partitions that a member should have: all but equal, the first by name get one more."""
    each, more = divmod(partitions, len(members))
    return each + (members.index(member) < more)


def _ordered(owners: Mapping[str, Owner]) -> dict[str, Owner]:
    parts: Iterable[str] = sorted(owners, key=int)
    return {part: owners[part] for part in parts}
