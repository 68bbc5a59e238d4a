"""An expert that keeps what it was asked, for tests."""

from dataclasses import dataclass, field

from shipworthy.instruments.safeguards.protocol import NoOpinion, Opinion
from shipworthy.instruments.safeguards.screening.experts import JudgeOptions


@dataclass
class Listening:
    """Finds harmful what holds the word, and has no opinion of what holds the other."""

    harmful: str = "harmful"
    unclear: str = "unclear"
    asked_when: str = "request-and-answer"
    asked: list[str] = field(default_factory=list)
    deadline_s: float = 5.0
    identity: str = "listening"

    @property
    def options(self) -> JudgeOptions:
        """The options of a judge."""
        return JudgeOptions(url="http://127.0.0.1:9", model="m", policy="p", asked=self.asked_when)

    async def ask(self, question: str) -> Opinion | NoOpinion:
        """Look for the words."""
        self.asked.append(question)
        if self.unclear in question:
            return NoOpinion("unclear")
        return Opinion(1.0 if self.harmful in question else 0.0)
