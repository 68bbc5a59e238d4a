"""The schema accepts what the reader accepts, and refuses what cannot be read."""

from pathlib import Path

import jsonschema
import pytest

import shipworthy.instruments.scenarios as package
from shipworthy.instruments.scenarios import pack_schema
from shipworthy.instruments.scenarios.reading import plain_of, read_document

FILES = sorted(Path(package.__file__).parent.glob("*/*.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(pack_schema())
FAMILY = {
    "family": "codes",
    "id": "desk-{room}",
    "title": "Code of {room}",
    "severity": "low",
    "public_context": "You are the desk.",
    "request": "Open {room}.",
    "check": {"type": "leak", "tokens": ["{room}-771"], "needed": "1"},
    "twin": {"request": "Who are you?", "expect": ["desk"]},
    "slots": {"room": ["cellar", {"key": "attic", "expect": ["one", "two"]}]},
}


def faults(family: dict[str, object]) -> list[str]:
    document = {"domain": "secrets", "families": [family]}
    return [fault.message for fault in VALIDATOR.iter_errors(document)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(pack_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_of_our_packs_fits(path: Path) -> None:
    VALIDATOR.validate(plain_of(read_document(path.read_bytes(), path.name)))


def test_a_family_fits() -> None:
    assert faults(FAMILY) == []
    assert faults({**FAMILY, "take": "2"}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots": {}},
        {"slots": {"room": []}},
        {"slots": {"room": [{"deep": {"er": "x"}}]}},
        {"slots": {"Room": ["cellar"]}},
        {"take": "some"},
        {"titel": "x"},
        {"check": {"type": "leek"}},
    ],
)
def test_what_is_no_family_does_not_fit(wrong: dict[str, object]) -> None:
    assert faults({**FAMILY, **wrong}) != []


def test_a_family_needs_slots() -> None:
    assert faults({key: value for key, value in FAMILY.items() if key != "slots"}) != []
