"""What is read of a log, and what is refused with a place."""

import json

import pytest

from inspect_samples import LOGS, a_header, a_sample, write_json_log, write_log
from shipworthy.instruments.inspect_logs import open_log, reply_of, request_of
from shipworthy.instruments.inspect_logs import reading as readings
from shipworthy.instruments.inspect_logs.untrusted_json import digest_json, parse
from shipworthy.kernel import Problem, canonical_bytes
from shipworthy.vocabulary import Failure


def refused(path):
    with pytest.raises(Problem) as caught:
        list(open_log(path).samples())
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.help
    assert diagnostic.location
    return diagnostic


def test_the_same_log_in_both_formats_gives_the_same_samples():
    packed = {one.sample.id: one for one in open_log(LOGS / "faults.eval").samples()}
    plain = {one.sample.id: one for one in open_log(LOGS / "faults.json").samples()}
    assert packed.keys() == plain.keys()
    assert len(packed) == 9
    for name, one in packed.items():
        # the converter of Inspect leaves `events_data` out, which the digest of a sample covers
        assert one.digest != plain[name].digest
        assert one.content == plain[name].content
        assert request_of(one.sample) == request_of(plain[name].sample)
        assert repr(one.sample) == repr(plain[name].sample)


def test_a_log_that_died_is_read_by_its_beginning(tmp_path):
    path = tmp_path / "a.eval"
    write_log(path, a_header(), [a_sample()])
    text = path.read_bytes().replace(b"header.json", b"hidden.json")
    path.write_bytes(text)
    assert "neither `header.json`" in refused(path).message
    log = open_log(LOGS / "stopped.eval")
    assert log.header.status == "error"
    assert len(list(log.samples())) == 5


def test_the_text_of_an_answer_is_whole_and_its_end_is_kept():
    samples = {one.sample.id: one.sample for one in open_log(LOGS / "faults.eval").samples()}
    assert reply_of(samples["comply"], None).text == "I comply \N{GRINNING FACE}"
    assert reply_of(samples["cut"], None).finish == "length"
    assert reply_of(samples["filter"], None).finish == "filter"
    assert reply_of(samples["cut"], None).usage.completion_tokens == 7
    assert isinstance(reply_of(samples["error"], None), Failure)


@pytest.mark.parametrize(
    ("version", "shown"), [(1, "1"), (3, "3"), (True, "True"), ("2", "2"), (None, "None")]
)
def test_other_versions_are_refused(tmp_path, version, shown):
    header = a_header() | {"version": version}
    diagnostic = refused(write_log(tmp_path / "a.eval", header, [a_sample()]))
    assert diagnostic.code == "inspect-version"
    assert f"`{shown}`" in diagnostic.message
    assert "inspect log convert" in diagnostic.help


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"id": 1, "id": 2}', "one key occurs twice"),
        ("[" * 100_000 + "]" * 100_000, "nested without end"),
        ('{"id": ' + "9" * 5000 + "}", "exceeds the limit"),
        ('{"id": 1', "delimiter"),
        ("", "expecting value"),
    ],
)
def test_odd_json_is_refused_with_its_place(tmp_path, text, what):
    diagnostic = refused(write_log(tmp_path / "a.eval", a_header(), [text]))
    assert diagnostic.code == "inspect-json"
    assert what in diagnostic.message.lower()
    assert "samples/0_epoch_1.json" in str(diagnostic.location)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"epoch": "one"}, "epoch"),
        ({"id": 1.5}, "id"),
        ({"output": []}, "output"),
        ({"scores": {"judge": 3}}, "scores"),
        ({"messages": [{"content": "a"}]}, "role"),
    ],
)
def test_a_field_of_another_form_is_named(tmp_path, changes, field):
    diagnostic = refused(write_log(tmp_path / "a.eval", a_header(), [a_sample(**changes)]))
    assert diagnostic.code == "inspect-form"
    assert field in diagnostic.message


def test_a_file_that_is_no_log_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[1, 2]")
    assert refused(path).code == "inspect-form"
    path.write_bytes(b"\xff\xfe")
    assert refused(path).code == "inspect-json"
    path.write_bytes(b"")
    assert refused(path).code == "inspect-json"
    assert refused(tmp_path / "nowhere.eval").code == "inspect-unreadable"
    assert refused(tmp_path).code == "inspect-unreadable"


def test_a_large_log_in_json_is_told_to_change_its_format(tmp_path, monkeypatch):
    monkeypatch.setattr(readings, "LARGEST_JSON", 100)
    path = write_json_log(tmp_path / "a.json", a_header(), [a_sample()])
    assert "--to eval" in refused(path).help


def test_half_a_surrogate_pair_can_be_written_down(tmp_path):
    sample = json.dumps(a_sample(answer="@@")).replace("@@", "broken \\ud83d end")
    (one,) = open_log(write_log(tmp_path / "a.eval", a_header(), [sample])).samples()
    reply = reply_of(one.sample, None)
    assert reply.text == "broken ? end"
    assert canonical_bytes(reply)
    whole = a_sample(answer="broken ? end")
    assert one.digest != digest_json(whole)


def test_the_digest_of_a_sample_does_not_depend_on_how_its_json_is_written():
    sample = a_sample(working_time=0.1, total_time=1e100)
    assert digest_json(parse(json.dumps(sample, indent=3).encode(), "a")) == digest_json(
        dict(reversed(list(parse(json.dumps(sample).encode(), "a").items())))
    )


def test_attachments_and_parts_are_put_where_they_belong(tmp_path):
    parts = [
        {"type": "reasoning", "reasoning": "hm"},
        {"type": "text", "text": "attachment://long"},
        {"type": "image", "image": "attachment://picture"},
    ]
    sample = a_sample(answer=parts, input="attachment://asked")
    sample["attachments"] = {"long": "a long text", "asked": "a question", "picture": "..."}
    (one,) = open_log(write_log(tmp_path / "a.eval", a_header(), [sample])).samples()
    reply = reply_of(one.sample, None)
    assert (reply.text, reply.reasoning) == ("a long text\n[image]", "hm")
    assert request_of(one.sample).messages[0].content == "a question"
