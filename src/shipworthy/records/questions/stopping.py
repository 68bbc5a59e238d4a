"""Questions that end a campaign early, registered with the plan, and what became of them.

Meaning, clause by clause: `spec/sequential.md`, 9.
"""

from typing import Literal

from shipworthy.kernel import Digest, Record
from shipworthy.statistics.sequential import SequentialDesign

SEQUENTIAL_METHOD = "sequential-mixture/1"
"""Limits that hold at every moment of a campaign, by inverting a mixture of likelihood ratios."""


class SequentialQuestion(Record, frozen=True, kw_only=True):
    """Whether the rate of a finding lies below a limit, decided after every scenario.

    `limit` is that of the framework; the design leaves room for what the judge misses.
    """

    finding: str
    limit: str
    design: SequentialDesign

    @property
    def id(self) -> str:
        """Names the question: `asr.cyber.safeguarded@0.10`."""
        return f"{self.finding}@{self.limit}"

    @property
    def domain(self) -> str:
        """The domain whose scenarios it reads."""
        return self.finding.removeprefix("asr.").rpartition(".")[0]

    @property
    def arm(self) -> str:
        """The arm whose trials it reads."""
        return self.finding.rpartition(".")[2]


class SequentialFinding(Record, frozen=True, kw_only=True):
    """How a question was decided, after how many scenarios.

    `successes` and `unassessed` are those among the `scenarios` that decided it (or so far, while
    the verdict is `continue`); `late` trials of the arm came after its end and count for nothing.
    `fixed_scenarios` is what a design of the same power that looks once would have needed.
    `false_go` and `false_fail` are the largest probabilities of a wrong PASS and a wrong FAIL.
    """

    id: str
    finding: str
    limit: str
    verdict: Literal["pass", "fail", "not-shown", "continue"]
    scenarios: int
    successes: int
    unassessed: int
    late: int
    cap: int
    fixed_scenarios: int
    false_go: str
    false_fail: str
    plan: Digest
