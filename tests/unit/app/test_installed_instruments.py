"""What plug-ins register, when it is not what their group asks for."""

import sys
import types
from importlib.metadata import EntryPoint

import pytest

from shipworthy.app.preparation.installed import find_pack, installed_attacks, load_factory
from shipworthy.instruments.attacks import framed
from shipworthy.kernel import Problem, Registry

MODULE = "a_package_of_a_stranger"
ATTACKS, PACKS, TARGETS = "shipworthy.attacks", "shipworthy.scenarios", "shipworthy.targets"
POLITE = framed("polite", "installed", "a compliment", "You are kind. {request}")


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    module = types.ModuleType(MODULE)
    module.__dict__.update(POLITE=POLITE, NUMBER=7, FOLDER="/packs/desk")
    monkeypatch.setitem(sys.modules, MODULE, module)


def registry(group, name, attribute):
    return Registry([EntryPoint(name=name, value=f"{MODULE}:{attribute}", group=group)])


def refusal(function, *arguments):
    with pytest.raises(Problem) as caught:
        function(*arguments)
    (found,) = caught.value.diagnostics
    return f"{found.message}; {found.help}"


def test_an_attack_of_a_plug_in_is_found_by_its_name():
    assert installed_attacks(registry(ATTACKS, "polite", "POLITE")) == {"polite": POLITE}


@pytest.mark.parametrize(("name", "attribute"), [("polite", "NUMBER"), ("courteous", "POLITE")])
def test_what_is_no_attack_of_that_name_is_refused(name, attribute):
    said = refusal(installed_attacks, registry(ATTACKS, name, attribute))
    assert f"an attack with the name `{name}`" in said


def test_a_plug_in_cannot_stand_in_for_a_built_in_attack():
    said = refusal(installed_attacks, registry(ATTACKS, "plain", "POLITE"))
    assert "`plain` of `shipworthy.attacks` is built in" in said


def test_a_plug_in_cannot_stand_in_for_a_built_in_pack():
    said = refusal(find_pack, "assistant", registry(PACKS, "assistant", "FOLDER"))
    assert "`assistant` of `shipworthy.scenarios` is built in" in said


def test_a_pack_that_is_registered_as_something_else_than_a_path_is_refused():
    assert "the path of a pack" in refusal(find_pack, "desk", registry(PACKS, "desk", "NUMBER"))


def test_a_misspelt_pack_gets_the_nearest_name():
    assert "did you mean `desk`" in refusal(find_pack, "desc", registry(PACKS, "desk", "FOLDER"))


def test_a_bare_name_that_is_a_folder_beside_the_assessment_gets_the_right_spelling(tmp_path):
    (tmp_path / "desk").mkdir()
    assert "write `./desk`" in refusal(find_pack, "desk", Registry([]), tmp_path)
    assert find_pack("./desk", Registry([]), tmp_path) == tmp_path / "desk"


def test_a_factory_that_cannot_be_called_is_refused():
    found = registry(TARGETS, "seven", "NUMBER")
    assert "a function from options" in refusal(load_factory, found, TARGETS, "seven")
