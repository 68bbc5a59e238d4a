"""The scripted judge speaks as a chat model, as a moderation endpoint, and as any webhook."""

import json
import urllib.request

import pytest

from shipworthy.traffic.conformance.model import ScriptedJudge

WORDS = ('{"verdict": true}', '{"verdict": false}')


def asked(path, mood):
    with ScriptedJudge(0, *WORDS) as judge:
        judge.mood = mood
        question = urllib.request.Request(f"{judge.url}{path}", b"{}", method="POST")
        with urllib.request.urlopen(question, timeout=10) as answer:
            said = json.loads(answer.read())
        assert [one.path for one in judge.heard] == [path]
    return said


@pytest.mark.parametrize(("mood", "words"), [("passes", WORDS[0]), ("objects", WORDS[1])])
def test_a_webhook_hears_the_words_alone_and_a_client_of_chat_a_completion(mood, words):
    assert asked("/beta/guard", mood) == json.loads(words)
    said = asked("/v1/chat/completions", mood)
    assert said["choices"][0]["message"]["content"] == words
    assert asked("/v1/moderations", mood)["results"][0]["flagged"] is (mood == "objects")


def test_without_an_opinion_no_field_of_the_words_is_there():
    said = asked("/guard", "no-score")
    assert said
    assert not said.keys() & json.loads(WORDS[0]).keys()
