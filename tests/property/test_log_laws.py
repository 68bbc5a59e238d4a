"""Laws of logs and flows: batches, leases, and folds that may be merged in any order."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.traffic.flow import (
    Flow,
    Progress,
    absorb,
    counting,
    is_taken,
    joining,
    mapped,
    sampling,
    smallest,
)
from shipworthy.traffic.logs import Entry, Stored
from shipworthy.traffic.logs.bundles import bundled, pack, packed_bytes, unpack
from shipworthy.traffic.logs.groups import GroupState, committed, left, refused, renewed
from shipworthy.traffic.logs.segment.frames import (
    HEADER,
    BrokenBatchError,
    Place,
    encode_batch,
    read_head,
    read_records,
)
from shipworthy.traffic.logs.segment.packing import compressor, expander

NONCE = bytes(range(16))
START = Place(100, bytes(32), 7, 50)
ENTRIES = st.lists(
    st.builds(Entry, key=st.text(max_size=12), body=st.binary(max_size=60)), min_size=1, max_size=8
)


def parsed(data, place=START):
    head = read_head(data[: HEADER.size], NONCE, place)
    return read_records(head, data[HEADER.size :], place.chain, expander())


@given(ENTRIES, st.booleans())
def test_a_batch_reads_back_and_goes_on_where_it_said(entries, packed):
    batch = encode_batch(entries, START, NONCE, 5, compressor() if packed else None)
    found, chains, last = parsed(batch.data)
    assert found == [(one.key, one.body) for one in entries]
    assert tuple(chains) == batch.chains
    assert len(set(chains)) == len(chains)
    after = Place(START.position + len(batch.data), last, 8, 50 + len(entries))
    assert batch.after == after


@given(ENTRIES, st.booleans(), st.data())
def test_no_change_of_a_batch_goes_unseen(entries, packed, data):
    whole = encode_batch(entries, START, NONCE, 5, compressor() if packed else None).data
    at = data.draw(st.integers(0, len(whole) - 1))
    match data.draw(st.sampled_from(["flip", "drop", "double", "cut"])):
        case "flip":
            changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))])
            changed += whole[at + 1 :]
        case "drop":
            changed = whole[:at] + whole[at + 1 :]
        case "double":
            changed = whole[:at] + whole[at : at + 1] + whole[at:]
        case _:
            changed = whole[:at]
    with pytest.raises(BrokenBatchError) as broken:
        parsed(changed)
    assert 50 <= broken.value.offset <= 50 + len(entries)


@given(ENTRIES, ENTRIES)
def test_a_batch_fits_only_after_the_one_before_it(first, second):
    one = encode_batch(first, START, NONCE, 5)
    other = encode_batch(second, one.after, NONCE, 5)
    assert parsed(other.data, one.after)[0] == [(entry.key, entry.body) for entry in second]
    with pytest.raises(BrokenBatchError):
        parsed(other.data, Place(one.after.position, START.chain, 8, one.after.offset))
    with pytest.raises(BrokenBatchError):
        parsed(other.data)


@given(ENTRIES, st.integers(100, 400), st.integers(1, 5))
def test_bundles_hold_everything_in_order_and_fit(entries, most, count):
    bundles = bundled(entries, most, count)
    assert [entry for bundle in bundles for entry in bundle] == entries
    for bundle in bundles:
        assert unpack(pack(bundle)) == [(one.key, one.body) for one in bundle]
        assert len(bundle) <= count
        assert len(pack(bundle)) <= most or len(bundle) == 1
        assert len(pack(bundle)) <= 4 + sum(packed_bytes(one) for one in bundle)


# Leases: any number of members, in any order, with any pauses.

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["renew", "leave", "commit"]), st.sampled_from("abcd"), st.integers(0, 900)
    ),
    max_size=60,
)


@given(STEPS, st.integers(1, 9))
def test_no_two_members_ever_hold_a_partition_and_no_old_fence_commits(steps, partitions):
    state, now, believed, granted = GroupState(), 0, {}, {}
    for what, member, passed in steps:
        now += passed
        if what == "renew":
            state = renewed(state, member, now, 1000, partitions)
            believed[member] = state.held_by(member)
            for partition, fence in believed[member].items():
                # a fence belongs to one member for good, and newer owners have higher ones
                assert granted.setdefault((partition, fence), member) == member
                assert fence == max(f for p, f in granted if p == partition)
        elif what == "leave":
            state = left(state, member)
            believed.pop(member, None)
        else:
            mine = believed.get(member, {})
            lost = refused(state, member, mine)
            for partition, fence in mine.items():
                owner = state.owners.get(str(partition))
                valid = owner is not None and (owner.member, owner.fence) == (member, fence)
                assert valid == (partition not in lost)
            before = dict(state.positions)
            state = committed(state, {one: now for one in mine if one not in lost})
            assert all(state.positions[one] >= at for one, at in before.items())
        assert set(state.owners) <= {str(one) for one in range(partitions)}
        assert {own.member for own in state.owners.values()} <= set(state.members)
        assert GroupState.parse(state.encoded()) == state


@given(st.integers(1, 12), st.integers(1, 6), st.randoms(use_true_random=False))
def test_members_that_stay_share_everything_evenly_soon(partitions, count, chance):
    members = [f"m{n}" for n in range(count)]
    state = renewed(GroupState(), "gone", 0, 1000, partitions)
    for turn in range(4):
        chance.shuffle(members)
        for member in members:
            state = renewed(state, member, 1001 + turn, 1000, partitions)
    shares = sorted(len(state.held_by(member)) for member in members)
    assert sum(shares) == partitions
    assert shares[-1] - shares[0] <= 1


# Folds.

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 30).map(str),
            "at": st.integers(0, 400),
            "account": st.sampled_from("xyz"),
            "n": st.integers(-3, 3),
        }
    ),
    max_size=25,
)

QUERIES = (
    counting("counts", 100, lambda r: [r["account"], "all"], lambda r: {"n": r["n"], "one": 1}),
    mapped(
        counting("even", 50, lambda n: [str(n)], lambda _: {"one": 1}),
        lambda r: r["n"] if r["n"] % 2 == 0 else None,
    ),
    sampling("sample", 0, lambda r: 300_000, lambda r: (r["id"], r["id"], r["account"]), seed="s"),
    smallest("few", 200, 3, lambda r: (r["id"], r["account"]), seed="s"),
    joining(
        "labels",
        lambda r: r["id"] if r["n"] else None,
        lambda r: r["account"] if r["n"] > 0 else None,
        lambda r: str(r["n"]) if r["n"] < 0 else None,
    ),
)


def folded(query, records):
    state = query.empty()
    for record in records:
        if any(True for _ in query.keys(record)):
            state = query.fold(state, record)
    return state


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
@given(RECORDS, RECORDS, RECORDS)
def test_every_fold_is_a_commutative_monoid(query, a, b, c):
    one, other, third = (query.encode(folded(query, part)) for part in (a, b, c))

    def merged(left, right):
        return query.encode(query.merge(query.decode(left), query.decode(right)))

    assert merged(one, other) == merged(other, one)
    assert merged(merged(one, other), third) == merged(one, merged(other, third))
    assert merged(one, query.encode(query.empty())) == one
    assert merged(one, other) == query.encode(folded(query, [*a, *b]))
    assert query.encode(query.decode(one)) == one


def stored(records):
    return [
        Stored(0, 3 * n + 5, record["account"], json.dumps(record).encode())
        for n, record in enumerate(records)
    ]


def decode(body):
    return json.loads(body)


FLOW = Flow(decode, lambda r: r["id"], lambda r: r["at"], 60, QUERIES)


def absorbed(pieces):
    """All that a partition gives when it is read in such pieces, one after the other."""
    progress, seen, states, late, repeated = Progress(), set(), {}, {}, 0
    by_name = {query.name: query for query in QUERIES}
    for piece in pieces:
        found = absorb(FLOW, progress, piece, lambda ids, seen=seen: seen & set(ids))
        progress = found.after
        seen |= set(found.ids)
        repeated += found.repeated
        for hour, count in found.late.items():
            late[hour] = late.get(hour, 0) + count
        for slot, state in found.states.items():
            known = states.get(slot)
            states[slot] = by_name[slot[0]].merge(known, state) if known is not None else state
    encoded = {slot: by_name[slot[0]].encode(state) for slot, state in states.items()}
    return progress, encoded, late, repeated


@given(RECORDS, st.randoms(use_true_random=False))
def test_cuts_and_repetitions_of_a_partition_change_nothing(records, chance):
    entries = stored(records)
    whole = absorbed([entries])
    pieces, at = [], 0
    while at < len(entries):
        size = chance.randint(1, 4)
        back = chance.randint(0, min(at, 3))
        pieces.append(entries[at - back : at + size])
        at += size
    assert absorbed(pieces) == whole
    assert absorbed([entries, entries]) == whole
    counted = sum(1 for _ in records)
    _, states, late, repeated = whole
    ones = sum(
        json.loads(state)["one"] for slot, state in states.items() if slot[::2] == ("counts", "all")
    )
    assert ones + sum(late.values()) + repeated == counted


def test_a_sample_holds_its_probability():
    chance = random.Random(3)
    names = [f"{chance.random()}" for _ in range(20_000)]
    taken = sum(is_taken("seed", name, 50_000) for name in names)
    assert abs(taken - 1000) < 5 * (1000 * 0.95) ** 0.5
    other = sum(
        is_taken("seed", name, 50_000) and is_taken("another", name, 50_000) for name in names
    )
    assert abs(other - 50) < 5 * 50**0.5
    assert all(is_taken("s", name, 1_000_000) for name in names[:100])
    assert not any(is_taken("s", name, 0) for name in names[:100])
