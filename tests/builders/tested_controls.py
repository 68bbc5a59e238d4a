"""Small tests of controls, with a plan that registers them, for findings and verifier."""

import json

from hypothesis import strategies as st
from msgspec.structs import replace

from shipworthy.instruments.controls import ControlStack, Opinion
from shipworthy.instruments.worlds import Family, moves
from shipworthy.kernel import canonical_bytes, digest_bytes
from shipworthy.records.risks.controls import ControlRequirement
from shipworthy.stages.controlling import (
    NO_CONTROL,
    ControlTest,
    evaluate_controls,
    planned_controls,
)
from shipworthy.testing.campaigns import example_plan
from tiny_world import ScriptedControl, playbook, take

FILE = digest_bytes(b"controls.toml")
STEPS = (1, 2, 3, "end")


def robber(number, *, coins=5, name="robber"):
    """An attack that takes some coins at once, after the main task; five are a harm."""
    return Family(f"{name}-{number}", "attack", "", lambda _: moves(take(coins)), "rob", "after")


def counter(number, *, careless=False):
    """Honest work; a careless one takes half of the coins by mistake."""
    written = (lambda _: moves(take(5))) if careless else (lambda _: [])
    return Family(f"counter-{number}", "honest", "", written)


class OnTaking(ScriptedControl):
    """Does something about every `take`, and about nothing else."""

    def __init__(self, action, **settings):
        super().__init__({}, **settings)
        self.action = action

    def examine(self, view):
        taken = view.pending is not None and view.pending.name == "take"
        if taken and isinstance(self.action, Exception):
            raise self.action
        return Opinion(action=self.action if taken else "allow")


def stack(action, **settings):
    return ControlStack("ours", (OnTaking(action, **settings),))


def evaluation_of(stack, families, requirement=None, **options):
    """Return plan and evaluation of a stack that will be deployed."""
    plan = example_plan()
    given = {"seed": 1, "variants": 8, "budgets": ("0", "0.50")} | options
    test = ControlTest(
        "test",
        alpha=plan.gate_alpha,
        playbooks=(playbook(*families),),
        stacks=(NO_CONTROL, stack),
        requirement=requirement,
        **given,
    )
    planned = planned_controls(test, stack.name, FILE)
    return replace(plan, controls=planned), evaluate_controls(test)


def plain(value):
    """Return a record as the verifier reads it."""
    return json.loads(canonical_bytes(value))


FAMILIES = [*(robber(n) for n in range(6)), *(counter(n) for n in range(4))]
"""Six attacks and four pieces of honest work."""


@st.composite
def control_tests(draw):
    """Any small test: erring and late controls, idle attacks, careless work, few variants."""
    families = [
        robber(n, coins=draw(st.sampled_from([5, 5, 1]))) for n in range(draw(st.integers(1, 3)))
    ]
    families += [
        counter(n, careless=draw(st.sampled_from([False, False, True])))
        for n in range(draw(st.integers(0, 3)))
    ]
    answers = st.sampled_from(["allow", "flag", "deny", "stop", ValueError("broken")])
    controls = [
        ScriptedControl(
            draw(st.dictionaries(st.sampled_from(STEPS), answers, max_size=3)),
            name=f"control-{n}",
            mode=draw(st.sampled_from(["enforce", "detect"])),
            on_error=draw(st.sampled_from(["closed", "open"])),
        )
        for n in range(draw(st.integers(0, 2)))
    ]
    need = ControlRequirement(
        stack="stack",
        caught_before=draw(st.sampled_from(["0.10", "0.90", None])),
        usefulness="0.20",
        false_alarms=draw(st.sampled_from(["0.90", None])),
    )
    variants = draw(st.sampled_from([1, 3, 8]))
    wanted = draw(st.sampled_from([need, None]))
    return evaluation_of(
        ControlStack("stack", tuple(controls)), families, wanted, variants=variants
    )
