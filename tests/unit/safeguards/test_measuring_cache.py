"""The cache of models and measurements."""

import ast
from pathlib import Path

import pytest

import shipworthy.instruments.safeguards as package
from shipworthy.instruments.safeguards.measuring import cache_directory, cached
from shipworthy.kernel import Record, digest_text

KEY = digest_text("a key")


class Value(Record, frozen=True, kw_only=True):
    number: float


class Maker:
    def __init__(self, number=0.1):
        self.calls = 0
        self.number = number

    def __call__(self):
        self.calls += 1
        return Value(number=self.number)


def entry(folder: Path) -> Path:
    (file,) = folder.rglob("*.json")
    return file


def test_a_value_is_made_once_and_read_back_exactly(tmp_path):
    make = Maker(number=1 / 3)
    first = cached(tmp_path, KEY, Value, make)
    assert cached(tmp_path, KEY, Value, make) == first == Value(number=1 / 3)
    assert make.calls == 1


def test_another_key_is_another_value(tmp_path):
    make = Maker()
    cached(tmp_path, KEY, Value, make)
    cached(tmp_path, digest_text("another"), Value, make)
    assert make.calls == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"0.1", b"0.2"), (b"{", b"["), (b"sha256:", b"sha512:"), (b"number", b"numbre")],
)
def test_a_damaged_entry_is_made_again(tmp_path, old, new):
    make = Maker()
    cached(tmp_path, KEY, Value, make)
    file = entry(tmp_path)
    file.write_bytes(file.read_bytes().replace(old, new))
    assert cached(tmp_path, KEY, Value, make) == Value(number=0.1)
    assert make.calls == 2


def test_an_entry_moved_to_another_key_is_made_again(tmp_path):
    cached(tmp_path, digest_text("another"), Value, Maker(number=9.0))
    entry(tmp_path).rename(entry(tmp_path).with_name(f"{KEY.removeprefix('sha256:')}.json"))
    assert cached(tmp_path, KEY, Value, Maker()) == Value(number=0.1)


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert cached(blocked, KEY, Value, Maker()) == Value(number=0.1)


def test_the_folder_is_chosen_by_the_environment(tmp_path):
    assert cache_directory({"SHIPWORTHY_CACHE": str(tmp_path)}) == tmp_path
    assert cache_directory({}) == Path.home() / ".cache" / "shipworthy"


def test_no_module_of_the_safeguards_can_read_a_pickle():
    forbidden = {"pickle", "joblib", "marshal", "shelve", "dill", "cloudpickle"}
    root = Path(package.__file__).parent
    modules = list(root.rglob("*.py"))
    assert len(modules) > 15
    for module in modules:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            assert not forbidden & {name.split(".")[0] for name in names}, module
