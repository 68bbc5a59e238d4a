"""Small honest records."""

import pytest

from shipworthy.evidence import Signer, signer_from_seed
from shipworthy.kernel import digest_bytes
from shipworthy.records import Trial
from shipworthy.vocabulary import Arm, Breached, Held, TrialRole, Usage


@pytest.fixture
def signer() -> Signer:
    return signer_from_seed(bytes(range(32)))


@pytest.fixture
def make_trial():
    def build(number: int) -> Trial:
        return Trial(
            id=f"t-{number:024x}",
            run="run-1",
            scenario=f"violence-{number:03d}",
            domain="violence",
            attack="role-play",
            role=TrialRole.ADVERSARIAL,
            arm=Arm.BARE,
            seed=number,
            request=digest_bytes(b"request %d" % number),
            response=digest_bytes(b"response %d" % number),
            finish="stop",
            outcome=Breached() if number % 2 else Held(by="model"),
            judge="leak",
            layers=(),
            usage=Usage(prompt_tokens=120, completion_tokens=40, latency_ms=310),
        )

    return build
