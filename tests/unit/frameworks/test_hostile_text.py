"""Characters that let a framework read otherwise than it parses are refused, however written."""

from pathlib import Path

import pytest

from shipworthy.frameworks import read_framework
from shipworthy.frameworks.language.yaml_positions import read_yaml
from shipworthy.kernel import Problem

EXAMPLE = Path(__file__).parents[2] / "builders" / "full_framework.yaml"

HIDDEN = [
    *(chr(code) for code in range(0x2066, 0x206A)),
    *(chr(code) for code in range(0x202A, 0x202F)),
    "\u061c",  # the Arabic letter mark turns text around as U+200F does
    "\u00ad",  # a soft hyphen splits a phrase that is then not found word for word
    "\u180e",
    "\u3164",
    "\ufff9",
    "\U000e0041",  # tags: a whole sentence can stand in them and show nothing
    "\U000e007f",
]


@pytest.mark.parametrize("character", HIDDEN, ids=lambda one: f"U+{ord(one):04X}")
def test_what_does_not_show_is_refused_as_a_character_and_as_an_escape(character):
    code = f"\\U{ord(character):08x}"
    for text in (f"title: a{character}b\n", f'title: "a{code}b"\n'):
        with pytest.raises(Problem, match=f"U\\+{ord(character):04X}"):
            read_yaml(text.encode(), "f.yaml")


@pytest.mark.parametrize("text", ["naïve", "a\u200cb", "क्‍ष", "安全", "🏴", "👩‍🔬"])
def test_what_shows_is_read(text):
    assert read_yaml(f"title: {text}\n".encode(), "f.yaml").get("title").text == text


@pytest.mark.parametrize("key", ["anchor: {}", "hedges: [{}]"])
def test_a_phrase_without_spaces_is_no_way_around_its_length(tmp_path, key):
    # patterns of the lexicon took 40 seconds for 80 kB of it
    line = key.format("benefit-" * 40)
    bare = "{id: c3, source: s,"
    text = EXAMPLE.read_text()
    assert text.count(bare) == 1
    file = tmp_path / "f.yaml"
    file.write_text(text.replace(bare, f"{bare} {line},"))
    with pytest.raises(Problem) as caught:
        read_framework(file)
    assert "framework-anchor-too-long" in {one.code for one in caught.value.diagnostics}
