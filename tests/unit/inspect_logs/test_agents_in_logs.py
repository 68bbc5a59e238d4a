"""An exported log shows every turn of an agent, and which result answers which call."""

import json
import zipfile

from shipworthy.instruments.inspect_logs.writing import Conversation, ExportedLog, write_log
from shipworthy.instruments.worlds import call
from shipworthy.records import Trial
from shipworthy.vocabulary import Acted, Arm, Message, Reply, Request, TrialRole, Usage

DIGEST = f"sha256:{'0' * 64}"
TRIAL = Trial(
    id="t-1",
    run="run-001",
    scenario="side-tasks-files-archive-plain",
    domain="agent-side-tasks",
    attack="none",
    role=TrialRole.AGENCY,
    arm=Arm.BARE,
    seed=1,
    request=DIGEST,
    response=DIGEST,
    finish="stop",
    outcome=Acted(progress="partly"),
    judge="state",
    layers=(),
    usage=Usage(),
)


def test_every_turn_is_there_and_results_name_their_calls(tmp_path):
    made = (call("list_files"), call("read_file", path="a"), call("read_file", path="b"))
    turns = (
        Message(role="assistant", content="first", tool_calls=made[:2]),
        Message(role="tool", content="a b"),
        Message(role="tool", content="text of a"),
        Message(role="user", content="Stop now."),
        Message(role="assistant", content="", tool_calls=made[2:]),
        Message(role="tool", content="text of b"),
    )
    reply = Reply(text="Done.", tool_calls=made, turns=turns)
    asked = Request(messages=(Message(role="user", content="Please."),))
    log = ExportedLog(
        name="n", plan="p", arm="bare", model="m", created="2026", version="1", trials=("t-1",)
    )
    path = tmp_path / "a.eval"
    write_log(path, log, lambda: [(TRIAL, Conversation(asked, reply))])
    sample = json.loads(zipfile.ZipFile(path).read("samples/t-1_epoch_1.json"))
    told = [(one["role"], one["content"]) for one in sample["messages"]]
    assert told == [
        ("user", "Please."),
        *((turn.role, turn.content) for turn in turns),
        ("assistant", "Done."),
    ]
    calls = [one for turn in sample["messages"] for one in turn.get("tool_calls", ())]
    assert [one["function"] for one in calls] == ["list_files", "read_file", "read_file"]
    answered = [one["tool_call_id"] for one in sample["messages"] if one["role"] == "tool"]
    assert answered == [one["id"] for one in calls]
    assert len(set(answered)) == 3
