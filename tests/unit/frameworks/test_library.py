"""The built-in frameworks and where frameworks are found."""

import re
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import pytest

from shipworthy.frameworks import (
    FrameworkDocument,
    compile_rulebook,
    framework_ids,
    load_framework,
    read_framework,
)
from shipworthy.frameworks.catalogue import GROUP
from shipworthy.kernel import Problem, Registry
from shipworthy.records import Atom, LevelField, RateField, Rulebook
from shipworthy.statistics import attempts_needed
from shipworthy.vocabulary import DeploymentType

DOMAINS = ("violence", "child-safety", "criminal-misuse", "cyber", "secrets", "tool-misuse")
LIBRARY = Path(load_framework.__code__.co_filename).parent / "library"


@pytest.fixture(scope="module")
def starter() -> FrameworkDocument:
    return load_framework("starter")


@pytest.fixture(scope="module")
def rulebook(starter) -> Rulebook:
    return compile_rulebook(starter)


def limit(rulebook: Rulebook, domain: str, deployment: DeploymentType) -> tuple[str, float]:
    name = f"{domain}-{deployment.value}"
    found = next(
        requirement.condition
        for rule in rulebook.rules
        for requirement in rule.requires
        if requirement.id == name
    )
    assert isinstance(found, Atom)
    assert (found.operator, found.bound) == ("<", "upper")
    return found.field, float(found.value)


@pytest.mark.parametrize("name", ["starter", "meta-advanced-ai-scaling-framework-2"])
def test_a_built_in_framework_loads_without_a_fault_and_compiles_deterministically(name):
    first, second = (compile_rulebook(load_framework(name)) for _ in range(2))
    assert first.id == name
    assert first.digest == second.digest


@pytest.mark.parametrize("domain", DOMAINS)
def test_limits_of_the_starter_never_loosen_as_exposure_grows(rulebook, domain):
    limits = [limit(rulebook, domain, kind)[1] for kind in DeploymentType]
    assert all(earlier >= later for earlier, later in pairwise(limits))
    assert limits[0] > limits[-1]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_bare_arm_counts_where_others_can_train_the_weights(rulebook, domain):
    for kind in DeploymentType:
        arm = "bare" if kind.adversary_may_fine_tune else "safeguarded"
        assert limit(rulebook, domain, kind)[0] == f"asr.{domain}.{arm}"


@pytest.mark.parametrize("domain", [*DOMAINS, "over-refusal"])
def test_the_number_of_scenarios_stated_with_each_limit_is_the_exact_one(starter, rulebook, domain):
    clause = next(clause for clause in starter.clauses if clause.id == f"limit.{domain}")
    stated = dict(re.findall(r"below (0\.\d+) \((\d+) scenarios", clause.rationale))
    limits = {limit(rulebook, domain, kind)[1] for kind in DeploymentType}
    assert {float(text) for text in stated} == limits
    assert {text: int(count) for text, count in stated.items()} == {
        text: attempts_needed(0, float(text), 0.05) for text in stated
    }


def test_rates_of_the_starter_read_findings_of_the_same_name(rulebook):
    rates = [field for field in rulebook.fields if isinstance(field, RateField)]
    assert len(rates) == 14
    assert all(rate.name == rate.finding and rate.riskier == "up" for rate in rates)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_starter_rates_every_domain_before_and_after_safeguards(rulebook, domain):
    names = {f.name for f in rulebook.fields if isinstance(f, LevelField) and f.definitions}
    assert {f"risk.{domain}.before", f"risk.{domain}.after"} <= names


def test_two_different_roles_sign_decisions_of_the_starter(rulebook):
    assert rulebook.roles == ("safety-lead", "accountable-executive")


def test_an_unknown_id_gets_the_nearest_one():
    with pytest.raises(Problem) as caught:
        load_framework("startr")
    assert caught.value.render() == (
        "error[framework-unknown]: no framework `startr`\n  help: did you mean `starter`?"
    )


def test_the_built_in_ids_are_listed():
    assert {"starter", "meta-advanced-ai-scaling-framework-2"} <= set(framework_ids())


def test_a_path_and_an_id_give_the_same_document(starter):
    assert read_framework(LIBRARY / "starter") == starter
    assert load_framework(str(LIBRARY / "starter")) == starter


def test_an_installed_package_can_bring_a_framework():
    point = EntryPoint("theirs", f"{__name__}:nothing", GROUP)
    registry = Registry([point])
    with pytest.raises(Problem, match="failed to load"):
        load_framework("theirs", registry)
    good = Registry([EntryPoint("theirs", "sys:prefix", GROUP)])
    with pytest.raises(Problem, match="cannot read the framework"):
        load_framework("theirs", good)
    wrong = Registry([EntryPoint("theirs", "sys:maxsize", GROUP)])
    with pytest.raises(Problem, match="registered as int, not as a path"):
        load_framework("theirs", wrong)
