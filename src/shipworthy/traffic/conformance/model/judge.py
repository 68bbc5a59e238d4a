"""The scripted judge: a guard model that answers, hangs, fails or talks garbage."""

import socket
from typing import Final

from shipworthy.traffic.conformance.model.http import (
    Heard,
    LoopbackServer,
    head,
    tree,
    write_whole,
)

_JSON: Final = "application/json"


class ScriptedJudge(LoopbackServer):
    """A chat model, a moderation endpoint, or a webhook, with a mood.

    The path says which: `/chat/completions` and `/moderations`; on any other path the answer is
    what it says, as it stands, which is how gateways ask webhooks and guards of their own protocol.

    Attributes:
        mood: what it does when it is asked.
        passing: what it says of what may leave.
        objecting: what it says of what may not.
    """

    def __init__(self, port: int, passing: str, objecting: str, *, hang_s: float = 30.0) -> None:
        super().__init__(port)
        self.mood = "passes"
        self.passing, self.objecting, self._hang_s = passing, objecting, hang_s

    def answer(self, heard: Heard, connection: socket.socket) -> None:
        """Answer as the mood is."""
        match self.mood:
            case "passes" | "objects":
                self._opinion(heard, connection)
            case "hangs":
                self.hang(self._hang_s)
            case "fails":
                error = {"error": {"message": "overloaded", "type": "server_error"}}
                write_whole(connection, tree(error), _JSON, 500)
            case "garbage":
                write_whole(connection, b"<html>Bad gateway</html>", "text/html")
            case "empty":
                write_whole(connection, b"", _JSON)
            case "no-score":
                undecided = "I would rather not say."
                said = tree({"note": undecided}) if _bare(heard) else _completion(undecided)
                write_whole(connection, said, _JSON)
            case _:
                connection.sendall(head(200, _JSON)[:12])

    def _opinion(self, heard: Heard, connection: socket.socket) -> None:
        objects = self.mood == "objects"
        if "/moderations" in heard.path:
            categories = {"illicit": objects}
            scores = {"illicit": 0.99 if objects else 0.01}
            result = {"flagged": objects, "categories": categories, "category_scores": scores}
            said = tree({"id": "modr-1", "model": "scripted", "results": [result]})
        else:
            words = self.objecting if objects else self.passing
            said = words.encode() if _bare(heard) else _completion(words)
        write_whole(connection, said, _JSON)


def _bare(heard: Heard) -> bool:
    return not any(known in heard.path for known in ("/completions", "/moderations"))


def _completion(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    begun = {"id": "chatcmpl-j", "object": "chat.completion", "created": 1_700_000_000}
    return tree({**begun, "model": "scripted-judge", "choices": [choice], "usage": usage})
