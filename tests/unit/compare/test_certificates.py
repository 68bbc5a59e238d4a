"""Certificates of comparisons: the checker accepts what follows, and refuses what was tampered."""

import contextlib
import copy
import json
import subprocess
import sys

import msgspec
import pytest

from assessments import shipworthy
from random_rulebooks import random_pair
from shipworthy.frameworks.compare import Scope
from shipworthy.frameworks.compare.assurance import certificate as certificates
from shipworthy.frameworks.compare.assurance.certificate import certificate
from shipworthy.frameworks.compare.verdicts import compare_with_grounds
from shipworthy.kernel import Problem, canonical_bytes
from shipworthy.vocabulary import DeploymentType
from shipworthy_verify.comparison import verify_comparison
from shipworthy_verify.reading import Refused
from synthetic_rulebooks import RELATIVES, synthetic


def certified(old, new, **scope):
    comparison, grounds = compare_with_grounds(old, new, Scope(**scope))
    return comparison, certificate(comparison, grounds, (old, new), {})


def check(claim, old, new):
    return verify_comparison(canonical_bytes(claim), canonical_bytes(old), canonical_bytes(new))


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_every_certificate_holds_and_gives_the_same_verdict(start):
    for seed in range(start, start + 50):
        old, new = random_pair(seed, fields=4, rules=4)
        comparison, claim = certified(old, new)
        found = check(claim, old, new)
        assert (found.change, found.whole) == (comparison.change.value, True), seed


@pytest.mark.parametrize("relative", sorted(RELATIVES))
def test_certificates_of_a_hundred_rules_hold(relative):
    old = synthetic(100)
    new = RELATIVES[relative](old)
    comparison, claim = certified(old, new)
    assert check(claim, old, new).change == comparison.change.value


def test_what_sat_proved_can_be_certified_too():
    old, new = random_pair(7, fields=4, rules=4)
    comparison, claim = certified(old, new, engine="sat")
    assert check(claim, old, new).change == comparison.change.value


def test_a_certificate_of_a_part_says_that_it_is_one():
    old, new = random_pair(1)
    _, claim = certified(old, new, deployment=DeploymentType.API)
    found = check(claim, old, new)
    assert not found.whole
    assert found.scope == (("deploy", ("api",)),)


def test_a_spent_budget_is_certified_as_unknown():
    old, new = random_pair(3, fields=6, rules=12)
    comparison, claim = certified(old, new, budget=1, engine="boxes")
    assert comparison.change.value in {"unknown", "looser", "incomparable"}
    assert check(claim, old, new).change == comparison.change.value


def test_a_certificate_that_would_be_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(certificates, "LEAVES", 1)
    old = synthetic(10)
    with pytest.raises(Problem, match="more than 1 boxes"):
        certified(old, RELATIVES["equiv"](old))


@pytest.fixture(scope="module")
def looser():
    old = synthetic(100)
    new = RELATIVES["drop"](old)
    return old, new, certified(old, new)[1]


def leaves(tree):
    """Every list in which a leaf stands, with its place there."""
    for part in tree["parts"] if isinstance(tree, dict) else ():
        if isinstance(part[1], int):
            yield part
        yield from leaves(part[1])


def covered(claim, side="new"):
    return next(
        part
        for proof in claim["gates"][0][side]["kept"]
        for part in leaves(proof["tree"])
        if part[1] >= 0
    )


def change_leaf(claim):
    part = covered(claim)
    part[1] = (part[1] + 1) % 90


def leaf_becomes_idle(claim):
    covered(claim)[1] = -1


def cut_proof(claim):
    return next(p for p in claim["gates"][0]["new"]["kept"] if isinstance(p["tree"], dict))


def drop_branch(claim):
    cut_proof(claim)["tree"]["parts"].pop()


def overlap(claim):
    parts = cut_proof(claim)["tree"]["parts"]
    parts[0][0].append(parts[1][0][0])


def miss_a_cell(claim):
    parts = cut_proof(claim)["tree"]["parts"]
    max(parts, key=lambda part: len(part[0]))[0].pop()


def other_rulebook(claim):
    claim["old"] = "sha256:" + "0" * 64


def other_verdict(claim):
    claim["change"] = "stricter"


def other_level(claim):
    level = next(one for one in claim["gates"][0]["levels"] if one[2] == "looser")
    level[2] = "equivalent"


def other_gate_verdict(claim):
    claim["gates"][0]["change"] = "equivalent"


def hidden_witness(claim):
    direction = claim["gates"][0]["old"]
    direction["dropped"], direction["permitted"] = [], []


def other_profile(claim):
    profile = claim["gates"][0]["old"]["dropped"][0]["profile"]
    profile[1:] = [0] * (len(profile) - 1)


def impossible_profile(claim):
    claim["gates"][0]["old"]["dropped"][0]["profile"][1] = 99


def lower_level(claim):
    # a proof about a higher level must not count for a lower one
    proof = next(p for p in claim["gates"][0]["new"]["kept"] if p["level"] > 1)
    proof["level"] = 1


def turned_cuts(claim):
    axis = next(one for one in claim["gates"][0]["axes"] if len(one.get("cuts", ())) > 1)
    axis["cuts"].reverse()


def not_a_certificate(claim):
    claim["format"] = "something else"


def nonsense(claim):
    claim["gates"][0]["old"] = 7


def uncovered_type(claim):
    claim["gates"][0]["deployments"].append("moon")


TAMPERED = {
    change_leaf: "SV-DIFF-LEAF",
    leaf_becomes_idle: "SV-DIFF-LEAF",
    drop_branch: "SV-DIFF-CUT",
    overlap: "SV-DIFF-CUT",
    miss_a_cell: "SV-DIFF-CUT",
    other_rulebook: "SV-DIFF-RULEBOOK",
    other_verdict: "SV-DIFF-VERDICT",
    other_level: "SV-DIFF-VERDICT",
    other_gate_verdict: "SV-DIFF-VERDICT",
    hidden_witness: "SV-DIFF-VERDICT",
    other_profile: "SV-DIFF-WITNESS",
    impossible_profile: "SV-DIFF-WITNESS",
    lower_level: "SV-DIFF-LEAF",
    turned_cuts: "SV-DIFF-CUT",
    not_a_certificate: "SV-DIFF-FORMAT",
    nonsense: "SV-DIFF-FORMAT",
    uncovered_type: "SV-DIFF-VERDICT",
}


@pytest.mark.parametrize("tamper", TAMPERED, ids=lambda one: one.__name__)
def test_a_tampered_certificate_is_refused(looser, tamper):
    old, new, claim = looser
    changed = copy.deepcopy(claim)
    tamper(changed)
    assert changed != claim
    with pytest.raises(Refused) as caught:
        check(changed, old, new)
    assert caught.value.code == TAMPERED[tamper]


def test_without_the_proof_of_one_rule_stricter_does_not_follow():
    old = synthetic(100)
    new = RELATIVES["tight"](old)
    comparison, claim = certified(old, new)
    assert comparison.change.value == "stricter"
    claim["gates"][0]["old"]["kept"].pop(0)
    with pytest.raises(Refused, match="do not follow"):
        check(claim, old, new)


def test_a_rulebook_that_was_changed_afterwards_is_refused(looser):
    old, new, claim = looser
    weaker = msgspec.structs.replace(new, rules=new.rules[1:])
    with pytest.raises(Refused, match="another new rulebook"):
        check(claim, old, weaker)
    claim = copy.deepcopy(claim)
    claim["new"] = weaker.digest
    with pytest.raises(Refused):
        check(claim, old, weaker)


def test_no_single_change_of_a_leaf_gives_another_verdict(looser):
    old, new, claim = looser
    for place in range(0, 60, 4):
        changed = copy.deepcopy(claim)
        trees = [proof["tree"] for proof in changed["gates"][0]["new"]["kept"]]
        parts = [part for tree in trees for part in leaves(tree)]
        parts[place][1] = -1 if parts[place][1] >= 0 else 0
        with contextlib.suppress(Refused):
            assert check(changed, old, new).change == "looser"


def test_the_commands_write_and_check_a_certificate(tmp_path):
    path = tmp_path / "change.json"
    made = shipworthy("framework", "diff", "starter", "starter", "--certificate", str(path))
    assert made.returncode == 0, made.stderr
    checked = shipworthy("framework", "verify-diff", str(path), "starter", "starter")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.startswith("verified: equivalent\n")
    files = [str(path.with_suffix(end)) for end in (".json", ".old.json", ".new.json")]
    command = [sys.executable, "-I", "-m", "shipworthy_verify.comparison", *files]
    alone = subprocess.run(command, capture_output=True, text=True, check=False)
    assert alone.returncode == 0, alone.stderr
    claim = json.loads(path.read_text())
    claim["change"] = "stricter"
    path.write_bytes(canonical_bytes(claim))
    refused = shipworthy("framework", "verify-diff", str(path), files[1], files[2])
    assert refused.returncode == 4
    assert "error[SV-DIFF-VERDICT]" in refused.stdout


def test_a_certificate_is_about_one_comparison(tmp_path):
    path = str(tmp_path / "c.json")
    both = ("--reading", "both", "--certificate", path)
    refused = shipworthy("framework", "diff", "starter", "starter", *both)
    assert refused.returncode == 2
    assert "error[usage]" in refused.stderr
