"""The reference input filter as a layer: scores what the user wrote."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from shipworthy.instruments.safeguards.input_filter.calibration import (
    CalibratedFilter,
    calibrated_filter,
)
from shipworthy.instruments.safeguards.input_filter.linear_model import Scorer
from shipworthy.instruments.safeguards.input_filter.training import PARAMETERS
from shipworthy.instruments.safeguards.measuring import (
    FILES,
    TRAIN,
    VALIDATION,
    cache_directory,
)
from shipworthy.instruments.safeguards.options import Enforcement, proportion
from shipworthy.instruments.safeguards.protocol import ReplyScreen, RequestScreen, Side
from shipworthy.kernel import decimal_string, digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request


class InputFilterOptions(Enforcement, frozen=True, kw_only=True):
    """Options of the input filter.

    Attributes:
        false_positive_rate: share of benign validation texts that may be withheld, a decimal
            string.
    """

    name: str = "input-classifier"
    false_positive_rate: str = "0.01"

    def __post_init__(self) -> None:
        super().__post_init__()
        proportion(self.false_positive_rate, "false_positive_rate")


@dataclass(frozen=True, slots=True)
class InputFilter:
    """Withholds a request when any user turn, or all of them together, looks like an attack."""

    enforcement: InputFilterOptions
    calibrated: CalibratedFilter
    scorer: Scorer

    @property
    def sides(self) -> frozenset[Side]:
        """Requests only."""
        return frozenset({"request"})

    def score(self, request: Request) -> float:
        """Return the highest log odds among the user turns and their concatenation."""
        turns = {turn.content for turn in request.messages if turn.role == "user"}
        texts = sorted(turns | {request.user_text})
        return max(self.scorer.log_odds(text) for text in texts)

    def screen_request(self, request: Request) -> RequestScreen:
        """Withhold the request when its score exceeds the threshold."""
        score, threshold = self.score(request), self.calibrated.threshold
        if not math.isfinite(score):
            return RequestScreen("errored", request, "the score is not a finite number")
        detail = f"log odds {decimal_string(score, places=3)}"
        return RequestScreen("withheld" if score > threshold else "passed", request, detail)

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:  # noqa: ARG002 - protocol
        """Let every reply pass: this side is not screened."""
        return ReplyScreen("passed", reply)

    def identity(self) -> SafeguardIdentity:
        """Return the identity; it covers data, parameters, threshold and fitted weights."""
        configuration = digest_of(
            {
                "options": self.enforcement,
                "data": {path: FILES[path] for path in (TRAIN, VALIDATION)},
                "parameters": PARAMETERS,
                "threshold": self.calibrated.threshold.hex(),
                "weights": self.calibrated.weights_digest,
            }
        )
        return SafeguardIdentity(
            name=self.enforcement.name,
            kind="input-filter",
            configuration=configuration,
            card={**self.calibrated.card, "weights": self.calibrated.weights_digest},
        )


def build_input_filter(
    options: InputFilterOptions, environment: Mapping[str, str] = os.environ
) -> InputFilter:
    """Return the input filter: trained on the first call, read from the cache afterwards.

    Raises:
        Problem: a package is missing (environment) or was changed (integrity).
    """
    rate = Decimal(options.false_positive_rate).normalize()
    calibrated = calibrated_filter(rate, cache_directory(environment))
    return InputFilter(options, calibrated, Scorer(calibrated.model))
