"""Whatever JSON stands in a log, it is counted or refused: no value ends in anything else."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_samples import a_header, a_sample, write_log
from shipworthy.app.inspect_logs.census import GivenLog, LogReading, take_census
from shipworthy.instruments.inspect_logs import (
    ScoreRules,
    open_log,
    parse_rule,
    reply_of,
    request_of,
)
from shipworthy.kernel import Problem, canonical_bytes
from shipworthy.vocabulary import Arm, Breached, Held, Unassessed

RULES = ScoreRules(breached=(parse_rule("judge.x >= 1"),), held=(parse_rule("judge.x < 1"),))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "attachments",
        "choices",
        "epoch",
        "error",
        "id",
        "input",
        "invalidation",
        "limit",
        "messages",
        "metadata",
        "model_usage",
        "output",
        "scores",
        "target",
        "working_time",
    ]
)
SPECIFIED = [
    "config",
    "created",
    "dataset",
    "metadata",
    "model",
    "packages",
    "tags",
    "task",
    "task_args",
]
SCORES = st.fixed_dictionaries({"judge": st.fixed_dictionaries({"value": JSON})})
TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["assistant", "user", "tool"]), "content": JSON},
        optional={"tool_calls": st.lists(st.dictionaries(st.text(max_size=9), JSON), max_size=2)},
    ),
    max_size=2,
)


def outcome_or_refused(folder, header, samples):
    path = write_log(folder / "a.eval", header, samples)
    try:
        log = open_log(path)
        census = take_census(LogReading([GivenLog(log, Arm.BARE)], RULES, "cyber"))
        for one in log.samples():
            # what is written down has to have a canonical form
            assert canonical_bytes((request_of(one.sample), reply_of(one.sample, None)))
        census.requests()
    except Problem as problem:
        assert {one.code.partition("-")[0] for one in problem.diagnostics} == {"inspect"}  # noqa: PT017 - both ends are right
        assert all(one.help for one in problem.diagnostics)  # noqa: PT017 - both ends are right
        return None
    for key in census.cells:
        assert canonical_bytes({key.scenario: key.seed})
    return [entry.outcome for arms in census.cells.values() for entry in arms.values()]


@given(changes=st.dictionaries(FIELDS, JSON, max_size=3))
def test_any_value_in_a_sample_is_counted_or_refused(tmp_path_factory, changes):
    found = outcome_or_refused(tmp_path_factory.mktemp("a"), a_header(), [a_sample(**changes)])
    assert found is None or len(found) == 1


@given(scores=SCORES, messages=TURNS)
def test_any_score_and_any_turns_give_one_outcome(tmp_path_factory, scores, messages):
    sample = a_sample(scores=scores, messages=messages)
    found = outcome_or_refused(tmp_path_factory.mktemp("a"), a_header(), [sample])
    assert found is None or isinstance(found[0], Breached | Held | Unassessed)


@settings(max_examples=60)
@given(header=st.dictionaries(st.sampled_from(SPECIFIED), JSON, max_size=3))
def test_any_header_is_read_or_refused(tmp_path_factory, header):
    outcome_or_refused(tmp_path_factory.mktemp("a"), a_header(**header), [a_sample()])


@given(document=JSON)
def test_any_document_is_read_or_refused(tmp_path_factory, document):
    path = tmp_path_factory.mktemp("a") / "a.json"
    path.write_text(json.dumps(document))
    try:
        list(open_log(path).samples())
    except Problem as problem:
        assert all(one.help for one in problem.diagnostics)  # noqa: PT017 - both ends are right
