"""What may be read, and what is said where something cannot be read."""

from dataclasses import dataclass
from typing import Final, Literal

BODY_LIMIT: Final = 4 * 1024 * 1024
"""Default for the longest request body, in bytes after decompression."""

Kind = Literal[
    "invalid", "unsupported", "too-large", "refused", "upstream", "internal", "limited", "stopped"
]
"""Why there is no answer; each dialect has its own words for these."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The policy of a deployment about what the layers cannot see.

    Attributes:
        media: images, audio and files in requests and answers: refuse, or pass and count.
        unknown_parts: fields and parts that are not known here. `refuse` refuses a request that
            holds one with text in it, and drops it from an answer. `pass` lets both through
            unseen and counts them as `unknown`.
        system_turns: whether system turns of clients may be shown to users.
        public_turns: texts, without space around them, of those that may be in any case.
        body_limit_bytes: longest request body after decompression.
        choices: most answers that one request may ask for.
        reply_limit_bytes: longest answer after decompression, and all of a stream together.
        event_limit_bytes: longest event of a stream.
    """

    media: Literal["refuse", "pass"] = "refuse"
    unknown_parts: Literal["refuse", "pass"] = "refuse"
    system_turns: Literal["confidential", "public"] = "confidential"
    public_turns: frozenset[str] = frozenset()
    body_limit_bytes: int = BODY_LIMIT
    choices: int = 8
    reply_limit_bytes: int = 4 * BODY_LIMIT
    event_limit_bytes: int = BODY_LIMIT

    def is_secret(self, text: str) -> bool:
        """Say whether a system turn of this text is a secret of the deployment."""
        if self.system_turns == "public":
            return False
        return not self.public_turns or text.strip() not in self.public_turns


class Unreadable(Exception):  # noqa: N818 - said of what was sent, not of this program
    """A request or an answer that is not understood well enough to be screened.

    Attributes:
        status: HTTP status for the client.
        kind: why, in the words of `Kind`.
        message: one sentence for people; it quotes no content.
    """

    def __init__(self, status: int, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind: Kind = kind
        self.message = message


def broken(message: str) -> Unreadable:
    """Return what is raised where the model's server sent something that cannot be read."""
    return Unreadable(502, "upstream", message)


def invalid(message: str) -> Unreadable:
    """Return what is raised where a request is not well formed."""
    return Unreadable(400, "invalid", message)


def unsupported(message: str) -> Unreadable:
    """Return what is raised where a request holds something that no layer could see."""
    return Unreadable(400, "unsupported", message)
