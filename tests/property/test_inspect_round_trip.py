"""What is exported to a log and read back is what it was: outcomes, cells, judges and ends."""

import json
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.inspect_logs import (
    is_own,
    open_log,
    own_cell,
    own_score,
    reply_of,
    usage_of,
)
from shipworthy.instruments.inspect_logs.writing import Conversation, ExportedLog, write_log
from shipworthy.records import Trial
from shipworthy.vocabulary import (
    Answered,
    Arm,
    Breached,
    Held,
    LayerAction,
    Message,
    Refused,
    Reply,
    Request,
    ToolCall,
    TrialRole,
    Unassessed,
    Usage,
)

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda data: f"sha256:{data.hex()}")
REASONS = st.sampled_from(["target-error", "judge-undecided", "judge-error", "budget-spent"])
UNASSESSED = st.builds(Unassessed, reason=REASONS, detail=st.just("") | NAMES)
ATTACKED = st.just(Breached()) | st.builds(Held, by=NAMES) | UNASSESSED
BENIGN = st.builds(Answered, useful=st.booleans()) | st.builds(Refused, by=NAMES) | UNASSESSED
USAGES = st.builds(
    Usage,
    prompt_tokens=st.integers(0, 10**6),
    completion_tokens=st.integers(0, 10**6),
    latency_ms=st.integers(0, 10**7),
)


@st.composite
def trials(draw):
    role = draw(st.sampled_from(TrialRole))
    number = draw(st.integers(0, 10**9))
    return Trial(
        id=f"t-{number:024x}",
        run="run-001",
        scenario=draw(NAMES),
        domain=draw(NAMES),
        attack=draw(NAMES),
        role=role,
        arm=Arm.BARE,
        seed=draw(st.integers(0, 2**53 - 1)),
        request=draw(DIGESTS),
        response=draw(DIGESTS),
        finish="stop",
        outcome=draw(BENIGN if role is TrialRole.BENIGN else ATTACKED),
        judge=draw(st.just("") | NAMES),
        layers=(LayerAction(layer="filter", action="flagged", detail=draw(TEXTS)),),
        usage=draw(USAGES),
    )


SAID = st.builds(
    Conversation,
    st.builds(
        Request,
        messages=st.lists(st.builds(Message, role=st.just("user"), content=TEXTS), max_size=2).map(
            tuple
        ),
    ),
    st.none()
    | st.builds(
        Reply,
        text=TEXTS,
        reasoning=TEXTS,
        tool_calls=st.lists(
            st.builds(ToolCall, name=NAMES, arguments=st.dictionaries(NAMES, TEXTS, max_size=2)),
            max_size=1,
        ).map(tuple),
        finish=st.sampled_from(["stop", "length", "filter"]),
    ),
)
SPOKEN = st.lists(st.tuples(trials(), SAID), max_size=6, unique_by=lambda pair: pair[0].id)


def exported(folder, spoken):
    log = ExportedLog(
        name="round trip",
        plan="sha256:" + "0" * 64,
        arm="bare",
        model="m",
        created="2026-11-22T12:00:00Z",
        version="0",
        trials=tuple(trial.id for trial, _ in spoken),
    )
    path = folder / "a.eval"
    write_log(path, log, lambda: spoken)
    return path


@given(spoken=SPOKEN)
def test_outcomes_cells_judges_and_answers_survive(tmp_path_factory, spoken):
    log = open_log(exported(tmp_path_factory.mktemp("round"), spoken))
    assert is_own(log.header)
    samples = [one.sample for one in log.samples()]
    assert len(samples) == len(spoken)
    for sample, (trial, said) in zip(samples, spoken, strict=True):
        score, cell = own_score(sample, "test"), own_cell(sample, "test")
        assert (score.outcome, score.judge) == (trial.outcome, trial.judge)
        assert (cell.trial, cell.scenario, cell.domain) == (trial.id, trial.scenario, trial.domain)
        assert (cell.attack, cell.role, cell.seed) == (trial.attack, trial.role, trial.seed)
        assert usage_of(sample) == trial.usage
        reply = reply_of(sample, trial.outcome)
        assert isinstance(reply, Reply) is (said.reply is not None)
        if said.reply is not None:
            assert (reply.text, reply.reasoning) == (said.reply.text, said.reply.reasoning)
            assert (reply.tool_calls, reply.finish) == (said.reply.tool_calls, said.reply.finish)


@given(spoken=SPOKEN)
def test_the_same_trials_give_the_same_bytes(tmp_path_factory, spoken):
    first = exported(tmp_path_factory.mktemp("first"), spoken)
    assert first.read_bytes() == exported(tmp_path_factory.mktemp("again"), spoken).read_bytes()


@given(spoken=SPOKEN)
def test_summaries_and_samples_say_the_same(tmp_path_factory, spoken):
    with zipfile.ZipFile(exported(tmp_path_factory.mktemp("round"), spoken)) as archive:
        summaries = json.loads(archive.read("summaries.json"))
        for one in summaries:
            sample = json.loads(archive.read(f"samples/{one['id']}_epoch_1.json"))
            assert repr(sample["scores"]) == repr(one["scores"])
        assert [one["id"] for one in summaries] == [trial.id for trial, _ in spoken]
