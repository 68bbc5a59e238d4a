"""What a passage asks of whoever carries it out: bytes to send, and where to."""

from typing import Final, Literal

from msgspec import Struct

JSON_TYPE: Final = "application/json"
STREAM_TYPE: Final = "text/event-stream; charset=utf-8"

ReplyMode = Literal["whole", "stream", "error"]
"""How the model's server answers.

`whole` and `error`: collect nothing, hand each piece to `take`, it sends nothing before `finish`.
`stream`: what `take` returns may be sent at once. In all three `finish` comes last.
"""


class ToModel(Struct, frozen=True):
    """Send `body` to the model's server, as JSON without a content encoding; ask for identity."""

    body: bytes
    stream: bool


class Answer(Struct, frozen=True):
    """A complete HTTP answer to the client; nothing has been sent before it."""

    status: int
    content_type: str
    body: bytes


class Taken(Struct, frozen=True, gc=False):
    """What may go to the client now, in a stream of status 200.

    `stop`: nothing more of the model's server is needed: close it and call `finish`.
    """

    send: bytes
    stop: bool = False


class Ending(Struct, frozen=True):
    """The last bytes of a stream that has begun; close it after them."""

    send: bytes


class Circumstances(Struct, frozen=True):
    """What a record needs that is not in the bytes.

    Attributes:
        id: unique in the deployment; choices behind the first get `.1`, `.2` and so on.
        at_ms: when the request had arrived, milliseconds since 1970 UTC.
        deployment: name of the deployment.
        account: pseudonym of who asked, or empty.
        conversation: id of the conversation; empty takes the one in the request, if any.
        disclosure: what content the record keeps: none, that of exchanges in which a layer noticed
            something or failed, or all.
    """

    id: str
    at_ms: int
    deployment: str
    account: str = ""
    conversation: str = ""
    disclosure: Literal["digests", "flagged", "all"] = "digests"
