"""Every fault of a framework file: its code, its exact place, and help that helps."""

import random
import re
from pathlib import Path

import pytest

from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.kernel import Problem

GOOD = """\
framework: example
title: Example
publisher: us
version: "1"
in_force: {from: 2026-01-01}
sources:
  - {id: s, title: S, digest: unknown, location: here, retrieved: unknown, standing: ours}
deployments: [internal, api]
decisions:
  deploy: {levels: [stop, deploy], go: deploy}
governance: {roles: {lead: {duty: decides}}, quorum: [lead]}
fields:
  cyber: {levels: [moderate, high, critical], riskier: up, judged_by: lead}
  live: {levels: [no, yes], riskier: down, judged_by: lead}
  score: {quantity: percent, riskier: up, judged_by: lead}
  asr: {rate: asr.violence.safeguarded, riskier: up}
  worst:
    levels: [low, mid, top]
    riskier: up
    definitions:
      - {level: mid, when: asr.lower >= 0.2}
clauses:
  - {id: c1, source: s, section: a, paraphrase: p, modality: must, actor: we, category: EC2}
rules:
  - id: r1
    title: R
    gate: deploy
    clauses: [c1]
    when: {all: [cyber >= high, deployment >= api]}
    requires:
      - {id: q1, title: Q, condition: asr.upper < 0.10}
    ceiling: stop
"""


def faults(tmp_path: Path, old: str, new: str) -> list[str]:
    assert GOOD.count(old) == 1, "the replaced text must occur exactly once"
    file = tmp_path / "f.yaml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(Problem) as caught:
        load_framework(file)
    assert caught.value.exit_code == 2
    return [d.render().replace(str(file), "f") for d in caught.value.diagnostics]


def test_the_example_itself_is_read(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_text(GOOD)
    assert compile_rulebook(load_framework(file)).rules[0].id == "r1"


CASES = (Path(__file__).parent / "loader_diagnostics.txt").read_text().split("\n\n")


def case_part(case: str, mark: str) -> str:
    lines = [line for line in case.splitlines() if line.startswith(mark)]
    return "\n".join(line[2:] for line in lines)


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_reported_with_code_place_and_help(tmp_path, case):
    """Lines with `-` are replaced by lines with `+`; lines with `!` are what the author reads."""
    found = faults(tmp_path, case_part(case, "-"), case_part(case, "+"))
    assert "\n".join(found) == case_part(case, "!")


def test_every_diagnostic_code_has_a_case():
    shown = set(re.findall(r"error\[framework-([a-z-]+)\]", "\n".join(CASES)))
    assert shown == {
        "anchor-too-long",
        "bound",
        "circular",
        "deployment-required",
        "duplicate-id",
        "expression",
        "impossible-threshold",
        "missing-key",
        "type",
        "unknown-clause",
        "unknown-deployment",
        "unknown-field",
        "unknown-key",
        "unknown-level",
        "unknown-role",
        "unknown-source",
        "unused-clause",
    }


def test_all_faults_of_a_file_are_reported_in_file_order(tmp_path):
    found = faults(tmp_path, "cyber >= high, deployment >= api", "cybr >= high, live >= yess")
    assert [text.split(": ")[0] for text in found] == ["f:29:18", "f:29:32"]


def test_a_definition_that_reads_the_deployment_is_seen_through_a_requirement(tmp_path):
    broken = GOOD.replace("when: asr.lower >= 0.2", "when: deployment >= api")
    file = tmp_path / "f.yaml"
    file.write_text(broken.replace("condition: asr.upper < 0.10", "condition: worst < mid"))
    with pytest.raises(Problem) as caught:
        load_framework(file)
    assert [d.code for d in caught.value.diagnostics] == ["framework-deployment-required"]


def test_an_unreadable_path_is_a_diagnostic(tmp_path):
    with pytest.raises(Problem, match="cannot read the framework: no such file"):
        load_framework(tmp_path / "none.yaml")


def test_a_stray_file_in_a_folder_is_not_silently_ignored(tmp_path):
    (tmp_path / "framework.yaml").write_text(GOOD)
    (tmp_path / "rule.yaml").write_text("rules: []\n")
    with pytest.raises(Problem, match=r"`rule.yaml` would not be read"):
        load_framework(tmp_path)


def test_a_folder_means_the_same_as_one_file_and_has_its_own_digest(tmp_path):
    folder, file = tmp_path / "folder", tmp_path / "f.yaml"
    folder.mkdir()
    file.write_text(GOOD)
    head, rules = GOOD.split("rules:\n")
    (folder / "framework.yaml").write_text(head)
    (folder / "rules.yaml").write_text(f"rules:\n{rules}")
    one, split = load_framework(file), load_framework(folder)
    assert (one.rules, one.fields, one.clauses) == (split.rules, split.fields, split.clauses)
    assert one.digest != split.digest


def test_a_key_in_two_files_of_a_folder_is_refused(tmp_path):
    (tmp_path / "framework.yaml").write_text(GOOD)
    (tmp_path / "rules.yaml").write_text("rules:\n  - a\n")
    with pytest.raises(Problem) as caught:
        load_framework(tmp_path)
    assert caught.value.diagnostics[0].code == "framework-duplicate-key"
    assert str(caught.value.diagnostics[0].location) == f"{tmp_path / 'rules.yaml'}:1:1"


def test_any_change_of_a_file_changes_the_rulebook_digest(tmp_path):
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(GOOD)
    second.write_text(GOOD + "# a remark\n")
    digests = {compile_rulebook(load_framework(file)).digest for file in (first, second)}
    assert len(digests) == 2


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_gives_diagnostics_and_never_a_traceback(tmp_path, seed):
    source = random.Random(seed)
    file = tmp_path / "f.yaml"
    found = []
    for _ in range(150):
        damaged = bytearray(GOOD.encode())
        for _ in range(source.randint(1, 4)):
            start = source.randrange(len(damaged))
            end = start + source.choice([0, 1, 1, 5, 40])
            damaged[start:end] = bytes(source.choices(b"[]{}:,-&*!|>'\"\n\t #a1\xc3\xff", k=2))
        file.write_bytes(bytes(damaged))
        try:
            compile_rulebook(load_framework(file))
        except Problem as problem:
            found.append(problem.diagnostics)
    assert len(found) > 100
    assert all(d.code.startswith("framework-") and d.location for seen in found for d in seen)
