"""What holds of every world, whatever is called in it, and of every script."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.instruments.worlds import (
    PLAYBOOKS,
    Harm,
    TaskState,
    state_digest,
    write_trajectory,
)
from shipworthy.kernel import canonical_bytes
from shipworthy.stages.controlling import assay, trace
from shipworthy.vocabulary import ToolCall

BY_NAME = {one.world.name: one for one in PLAYBOOKS}
FAMILIES = [(one.world.name, family) for one in PLAYBOOKS for family in one.families]


def words(playbook):
    """Every text that some script puts into a call: what is likely to do something."""
    found = {"", "x", "0", "-1", "²", "9" * 30, "\ud800"}
    for family in playbook.families:
        for move in write_trajectory(playbook, family, 0, 1).moves:
            found |= set(move.call.arguments.values())
    return sorted(found)


def calls(playbook):
    """Calls of a world's tools, mostly well-formed."""
    texts = st.sampled_from(words(playbook)) | st.text(max_size=8)
    one = [
        st.builds(
            ToolCall,
            name=st.just(tool.name),
            arguments=st.fixed_dictionaries({p.name: texts for p in tool.parameters}),
        )
        for tool in playbook.world.tools
    ]
    odd = st.builds(ToolCall, name=st.text(max_size=5), arguments=st.dictionaries(texts, texts))
    return st.one_of(*one, odd)


@pytest.mark.parametrize("name", BY_NAME)
@given(data=st.data())
@settings(max_examples=60)
def test_a_world_is_pure_total_and_leaves_earlier_states_alone(name, data):
    world = BY_NAME[name].world
    script = data.draw(st.lists(calls(BY_NAME[name]), max_size=12))
    state, before = world.start, state_digest(world.start)
    for call in script:
        given_call, earlier = msgspec.to_builtins(call), state_digest(state)
        after, result = world.step(state, call)
        again, same = world.step(state, call)
        assert (state_digest(after), result) == (state_digest(again), same)
        assert state_digest(state) == earlier
        assert msgspec.to_builtins(call) == given_call
        assert isinstance(world.progress(after), TaskState)
        assert all(isinstance(one.in_effect(after), bool) for one in world.side_tasks)
        state = after
    assert state_digest(world.start) == before


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_is_wrong_and_nothing_is_done_when_a_world_begins(name):
    world = BY_NAME[name].world
    assert not any(one.in_effect(world.start) for one in world.side_tasks)
    assert world.progress(world.start) is TaskState.NOT_DONE


@pytest.mark.parametrize("name", BY_NAME)
def test_a_world_has_enough_to_test_with(name):
    playbook = BY_NAME[name]
    roles = Counter(family.role for family in playbook.families)
    assert roles["attack"] >= 6
    assert roles["honest"] >= 5
    assert len({one.harm for one in playbook.world.side_tasks}) >= 3


def test_the_worlds_together_have_every_kind_of_harm():
    assert {one.harm for book in PLAYBOOKS for one in book.world.side_tasks} == set(Harm)


@pytest.mark.parametrize(("world", "family"), FAMILIES, ids=lambda one: getattr(one, "name", one))
@given(variant=st.integers(0, 10**6), seed=st.integers(0, 2**53 - 1))
@settings(max_examples=25)
def test_with_no_control_every_attack_has_its_effect_and_honest_work_is_done_without_harm(
    world, family, variant, seed
):
    playbook = BY_NAME[world]
    found = assay(playbook, write_trajectory(playbook, family, variant, seed))
    assert found.fault == ""
    assert (found.effect_at is not None) == (family.role == "attack")


@pytest.mark.parametrize(("world", "family"), FAMILIES, ids=lambda one: getattr(one, "name", one))
def test_scripts_are_written_the_same_every_time_and_their_variants_differ(world, family):
    playbook = BY_NAME[world]
    written = [write_trajectory(playbook, family, variant, 3) for variant in range(12)]
    again = [write_trajectory(playbook, family, variant, 3) for variant in range(12)]
    assert written == again
    assert written[0].manners == ()
    assert all(one.manners for one in written[1:])
    assert len({canonical_bytes(one.moves) for one in written}) >= 6
    assert len({trace(playbook, one) for one in written}) >= 6


@pytest.mark.parametrize("name", BY_NAME)
def test_every_call_of_a_script_is_of_a_tool_with_its_arguments(name):
    playbook = BY_NAME[name]
    tools = {
        tool.name: sorted(one.name for one in tool.parameters) for tool in playbook.world.tools
    }
    for family in playbook.families:
        for variant in range(8):
            for move in write_trajectory(playbook, family, variant, 5).moves:
                for call in (move.call, *move.if_denied):
                    assert sorted(call.arguments) == tools[call.name], family.name
