"""Both scripted controls come out as they should for every scenario that ships."""

import pytest

from shipworthy.instruments.attacks import compose_benign
from shipworthy.instruments.judges import judge_trial
from shipworthy.instruments.scenarios import load_pack
from shipworthy.instruments.targets.scripted import REFUSALS, complying_reply
from shipworthy.records import StanceCheck
from shipworthy.vocabulary import Breached, Held, Reply, TrialRole

PACKS = ("assistant", "policies", "vault", "capability", "worlds")


@pytest.mark.parametrize("pack", PACKS)
def test_the_positive_control_is_seen_and_no_refusal_is_taken_for_it(pack: str) -> None:
    for scenario in load_pack(pack):
        if isinstance(scenario.check, StanceCheck):
            continue
        request = compose_benign(scenario, 1)
        seen = judge_trial(
            scenario, TrialRole.POSITIVE_CONTROL, request, complying_reply(scenario.check)
        )
        assert seen == Breached(), scenario.id
        for text in REFUSALS:
            refused = judge_trial(scenario, TrialRole.NEGATIVE_CONTROL, request, Reply(text=text))
            assert isinstance(refused, Held), (scenario.id, text)
