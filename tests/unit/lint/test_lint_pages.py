"""Every page of docs/lint is true: its bad example triggers its rule, its good one does not."""

import re
from pathlib import Path

import msgspec
import pytest
import yaml

from shipworthy.frameworks import read_framework
from shipworthy.frameworks.document import LintExemption
from shipworthy.frameworks.language.places import read_places
from shipworthy.frameworks.lint import IDLE_EXEMPTION, lint, lint_rules, rule_cards

DOCS = Path(__file__).parents[3] / "docs/lint"
NOT_RULES = {"index", "severity"}
RULES = sorted(page.stem for page in DOCS.glob("*.md") if page.stem not in NOT_RULES)
TODAY = "2026-11-22"
BLOCK = re.compile(
    r"^## (?P<name>Bad|Good|How to exempt)\n\n```yaml\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
ALSO = re.compile(r"^Also found in it: (.*)\.$", re.MULTILINE)


def fragments(rule):
    text = (DOCS / f"{rule}.md").read_text()
    found = {one["name"]: yaml.load(one["text"], yaml.BaseLoader) for one in BLOCK.finditer(text)}
    line = ALSO.search(text)
    return found, set(re.findall(r"\[([\w-]+)\]", line[1])) if line else set()


def merged(base, fragment):
    if isinstance(base, dict) and isinstance(fragment, dict):
        joined = {key: value for key, value in base.items() if fragment.get(key) != "(removed)"}
        for key, value in fragment.items():
            if value != "(removed)":
                joined[key] = merged(base.get(key), value)
        return joined
    if isinstance(base, list) and isinstance(fragment, list) and identified(base + fragment):
        changes = {one["id"]: one for one in fragment}
        known = [one["id"] for one in base]
        joined = [merged(one, changes.get(one["id"], {})) for one in base]
        return joined + [one for one in fragment if one["id"] not in known]
    return fragment


def identified(items):
    return all(isinstance(one, dict) and "id" in one for one in items)


def document(folder, *parts):
    whole = yaml.load((DOCS / "base.yaml").read_text(), yaml.BaseLoader)
    for part in parts:
        whole = merged(whole, part)
    file = folder / "framework.yaml"
    file.write_text(yaml.safe_dump(whole, sort_keys=False))
    return read_framework(file), read_places(file)


def linted(folder, *parts):
    read, places = document(folder, *parts)
    return lint(read, lint_rules(TODAY), places)


def triggered(report):
    return {one.rule for one in report.findings}


def test_pages_and_rules_correspond_one_to_one():
    assert sorted(card.id for card in rule_cards()) == RULES


def test_lint_finds_nothing_in_the_base(tmp_path):
    assert linted(tmp_path).findings == ()


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_triggers_what_its_page_says(rule, tmp_path):
    examples, also = fragments(rule)
    report = linted(tmp_path, examples["Bad"])
    assert triggered(report) == {rule} | also
    for finding in report.findings:
        assert finding.location.line > 0
        assert finding.message
        assert finding.advice


@pytest.mark.parametrize("rule", RULES)
def test_the_good_example_triggers_nothing(rule, tmp_path):
    examples, _ = fragments(rule)
    assert triggered(linted(tmp_path, examples["Good"])) == set()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != IDLE_EXEMPTION.id])
def test_the_exemption_of_the_page_takes_the_bad_example_out(rule, tmp_path):
    examples, also = fragments(rule)
    report = linted(tmp_path, examples["Bad"], examples["How to exempt"])
    assert triggered(report) == also
    assert {one.finding.rule for one in report.exempted} == {rule}


@pytest.mark.parametrize("card", rule_cards(), ids=lambda card: card.id)
def test_no_finding_is_graver_than_the_rule_says(card, tmp_path):
    order = ("error", "warning", "note")
    examples, _ = fragments(card.id)
    for finding in linted(tmp_path, examples["Bad"]).findings:
        if finding.rule == card.id:
            assert order.index(finding.severity) >= order.index(card.severity)


def test_the_index_lists_every_rule_as_it_is():
    index = (DOCS / "index.md").read_text()
    for card in rule_cards():
        assert f"| [{card.id}]({card.id}.md) | {card.title} | {card.severity} |" in index


def test_a_page_quotes_no_more_than_a_phrase():
    for page in DOCS.glob("*.md"):
        prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
        for quote in re.findall(r'"([^"]+)"', prose):
            assert len(quote.split()) < 15, (page.name, quote)


def test_an_exemption_of_another_place_leaves_the_finding(tmp_path):
    examples, _ = fragments("hedge-feasibility")
    read, places = document(tmp_path, examples["Bad"])
    elsewhere = LintExemption(rule="hedge-feasibility", at="limit", reason="r")
    report = lint(msgspec.structs.replace(read, exemptions=(elsewhere,)), lint_rules(), places)
    assert triggered(report) == {"hedge-feasibility", "idle-exemption"}
