"""What the loader admits as a hedged definition can only loosen (language 4.4, semantics 11.4)."""

import itertools
import random

import yaml

from shipworthy.frameworks import Evidence, compile_rulebook, evaluate
from shipworthy.frameworks.language import loader
from shipworthy.frameworks.language.yaml_positions import read_yaml
from shipworthy.frameworks.semantics.readings import read_as
from shipworthy.kernel import Problem, digest_bytes
from shipworthy.vocabulary import DeploymentType

SCALES = {"a": ("a0", "a1", "a2"), "b": ("b0", "b1"), "d": ("d0", "d1", "d2"), "e": ("e0", "e1")}


def atom(draw: random.Random, names: str) -> str:
    """An atom that is neither always true nor always false."""
    name = draw.choice(names)
    scale = SCALES[name]
    fair = [f"{name} {sign} {level}" for sign in ("==", "!=") for level in scale]
    fair += [f"{name} {sign} {level}" for sign in (">=", "<") for level in scale[1:]]
    fair += [f"{name} {sign} {level}" for sign in ("<=", ">") for level in scale[:-1]]
    return draw.choice(fair)


def condition(draw: random.Random, names: str):
    if draw.random() < 0.6:
        return atom(draw, names)
    return {draw.choice(("all", "any")): [atom(draw, names), atom(draw, names)]}


def hedged(draw: random.Random, entry: dict, chance: float) -> dict:
    return {**entry, "unless_discretion": ["h"]} if draw.random() < chance else entry


def framework(draw: random.Random) -> dict:
    """Two facts, a field that is defined by them, one that is defined by that, and two rules."""
    scales = {
        name: {"levels": list(SCALES[name]), "riskier": draw.choice(("up", "down"))}
        for name in SCALES
    }
    for name in "ab":
        scales[name]["judged_by"] = "lead"
    for name, reads in (("d", "ab"), ("e", "bd")):
        levels = SCALES[name] if scales[name]["riskier"] == "up" else SCALES[name][::-1]
        scales[name]["definitions"] = [
            hedged(draw, {"level": level, "when": condition(draw, reads)}, 0.5)
            for level in levels[1:]
        ]
    rules = []
    for name in ("r", "s"):
        requirement = {"id": f"q{name}", "title": "t", "condition": condition(draw, "abde")}
        rule = {"id": name, "title": "t", "gate": "deploy", "clauses": ["c"], "ceiling": "stop"}
        parts = draw.choice((("when",), ("requires",), ("when", "requires")))
        if "when" in parts:
            rule["when"] = condition(draw, "abde")
        if "requires" in parts:
            rule["requires"] = [hedged(draw, requirement, 0.2)]
        rules.append(hedged(draw, rule, 0.1))
    source = {"id": "s", "title": "t", "digest": "unknown", "location": "l"}
    clause = {"id": "c", "source": "s", "section": "1", "paraphrase": "p", "actor": "we"}
    return {
        "framework": "f",
        "title": "t",
        "publisher": "p",
        "version": "1",
        "sources": [{**source, "retrieved": "unknown", "standing": "x"}],
        "clauses": [{**clause, "modality": "must", "category": "EC2", "hedges": ["maybe"]}],
        "hedges": {"h": {"phrase": "maybe", "kind": "modality", "clause": "c"}},
        "deployments": ["api"],
        "decisions": {"deploy": {"levels": ["stop", "go"], "go": "go"}},
        "fields": scales,
        "rules": rules,
        "governance": {"roles": {"lead": {"duty": "d"}}, "quorum": ["lead"]},
    }


def outcomes(book):
    """The decision levels of every profile of facts, unknown ones among them."""
    for known in itertools.product((None, *SCALES["a"]), (None, *SCALES["b"])):
        facts = {name: level for name, level in zip("ab", known, strict=True) if level}
        found = evaluate(book, Evidence({}, facts, DeploymentType.API), "deploy")
        yield found.level_worst == "go", found.level_best == "go"


def test_whatever_the_loader_admits_a_hedge_only_loosens():
    """Seeded: every framework that is admitted is tried on all twelve profiles of its facts."""
    draw = random.Random(7)
    admitted = looser = misread = 0
    for _ in range(900):
        data = yaml.safe_dump(framework(draw)).encode()
        try:
            book = compile_rulebook(loader.read_document(read_yaml(data, "f"), digest_bytes(data)))
        except Problem as problem:
            misread += {one.code for one in problem.diagnostics} == {"framework-hedge-direction"}
            continue
        admitted += 1
        before, after = (list(outcomes(one)) for one in (book, read_as(book, {"h"})))
        for strict, loose in zip(before, after, strict=True):
            assert all(late >= early for early, late in zip(strict, loose, strict=True)), data
        looser += before != after
    assert min(admitted, misread) > 200
    assert looser > 100
