"""The schema of a framework document: true of the library, and never stricter than the reader."""

import copy
import json
import random
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from full_framework import FULL
from shipworthy.frameworks import framework_ids, load_framework
from shipworthy.frameworks.language import framework_schema, loader, shape
from shipworthy.frameworks.language.printing import framework_tree
from shipworthy.frameworks.language.yaml_positions import MapNode, TextNode, read_yaml
from shipworthy.kernel import Problem, digest_bytes

SCHEMA = Draft202012Validator(framework_schema())
LIBRARY = Path(load_framework.__code__.co_filename).parent / "library"
WRITTEN = Path(__file__).parents[3] / "spec" / "formats" / "framework-document.schema.json"


def plain(node):
    """A tree of nodes as JSON values: every scalar a text."""
    if isinstance(node, TextNode):
        return node.text
    if isinstance(node, MapNode):
        return {key.text: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def folder_tree(folder: Path):
    found = {}
    for name in loader.FOLDER_FILES:
        if (folder / name).exists():
            found |= plain(read_yaml((folder / name).read_bytes(), name))
    return found


FULL_TREE = plain(read_yaml(FULL.encode(), "full"))


def loads(tree) -> bool:
    data = yaml.safe_dump(tree, allow_unicode=True).encode()
    try:
        loader.read_document(read_yaml(data, "f"), digest_bytes(data))
    except Problem:
        return False
    return True


def test_the_schema_is_a_schema_and_the_one_that_is_published():
    Draft202012Validator.check_schema(framework_schema())
    published = json.loads(WRITTEN.read_text())
    assert {key: published[key] for key in framework_schema()} == framework_schema()


@pytest.mark.parametrize("name", framework_ids())
def test_a_framework_of_the_library_follows_the_schema(name):
    """As its files have it, and as it is printed."""
    SCHEMA.validate(folder_tree(LIBRARY / name))
    SCHEMA.validate(json.loads(json.dumps(framework_tree(load_framework(name)))))


def test_the_example_of_every_layer_follows_the_schema():
    SCHEMA.validate(FULL_TREE)
    assert loads(FULL_TREE)


def places(tree, path=()):
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items if isinstance(tree, dict | list) else ():
        yield from places(value, (*path, key))


def mutated(tree, draw: random.Random):
    """The tree with one value replaced, renamed, removed or added, anywhere."""
    tree = copy.deepcopy(tree)
    *above, last = draw.choice([path for path in places(tree) if path])
    parent = tree
    for key in above:
        parent = parent[key]
    match draw.choice(("remove", "rename", "text", "list", "mapping", "add", "double")):
        case "remove":
            del parent[last]
        case "rename" if isinstance(parent, dict):
            parent[f"{last}{draw.choice('sx ')}"] = parent.pop(last)
        case "add" if isinstance(parent, dict):
            parent[draw.choice(["extra", "level", "clauses", "reason", "a b"])] = "x"
        case "list":
            parent[last] = draw.choice([[], [parent[last]], ["x", "y"]])
        case "mapping":
            parent[last] = draw.choice([{}, {"all": ["x"]}, {"x": parent[last]}])
        case "double" if isinstance(parent, list):
            parent.append(parent[last])
        case _:
            odd = [
                "",
                " ",
                "x",
                "x y",
                "yes",
                "0.5",
                "-1",
                "2026-02-30",
                "word " * 15,
                "long " * 13,
            ]
            parent[last] = draw.choice(odd)
    return tree


@pytest.mark.parametrize("seed", range(6))
def test_what_the_schema_refuses_the_reader_refuses(seed):
    draw = random.Random(seed)
    by_schema = by_reader = 0
    for _ in range(150):
        tree = mutated(FULL_TREE, draw)
        refused = not SCHEMA.is_valid(tree)
        accepted = loads(tree)
        assert not (refused and accepted), tree
        by_schema += refused
        by_reader += not accepted
    assert 40 < by_schema <= by_reader


@pytest.mark.parametrize("name", ["starter", "meta-frontier-ai-framework-1.1"])
def test_what_the_schema_refuses_of_the_library_the_reader_refuses(name):
    draw = random.Random(name)
    whole = folder_tree(LIBRARY / name)
    refused = 0
    for _ in range(40):
        tree = mutated(whole, draw)
        if not SCHEMA.is_valid(tree):
            refused += 1
            assert not loads(tree), tree
    assert refused > 5


def required(of: shape.Shape, path=()):
    """Every required key, with the path to the first mapping of its kind in the example."""
    match of:
        case shape.Keys():
            for key in of.required:
                yield path, key
            for key, value in {**of.required, **of.optional}.items():
                yield from required(value, (*path, key))
        case shape.Listed():
            yield from required(of.of, (*path, 0))
        case shape.Table():
            yield from required(of.of, (*path, None))
        case shape.Either():
            for one in of.of:
                yield from required(one, path)


def at(tree, path):
    """The value at a path; `None` stands for the first key that leads on."""
    if not path:
        return tree
    first, *rest = path
    if first is None:
        found = (at(value, rest) for value in tree.values())
        return next((one for one in found if one is not None), None)
    if isinstance(tree, list):
        return at(tree[first], rest)
    return at(tree[first], rest) if isinstance(tree, dict) and first in tree else None


@pytest.mark.parametrize(("path", "key"), list(required(shape.DOCUMENT)), ids=str)
def test_a_key_that_the_table_requires_is_required_by_the_reader(path, key):
    tree = copy.deepcopy(FULL_TREE)
    holder = at(tree, path)
    assert isinstance(holder, dict), "the example should have one"
    del holder[key]
    assert not SCHEMA.is_valid(tree)
    assert not loads(tree)
