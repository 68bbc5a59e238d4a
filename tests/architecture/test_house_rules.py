"""The shape of the code base, as CONTRIBUTING.md states it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
BANNED = {"utils", "helpers", "common", "misc", "base", "core", "manager", "types", "models"}

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 6
NESTING = 4
FOLDER_CHILDREN = 13


def name(path):
    return str(path.relative_to(ROOT))


def functions(path):
    tree = ast.parse(path.read_text())
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_is_short_and_says_what_it_is(path):
    assert len(path.read_text().splitlines()) <= MODULE_LINES
    assert path.stem not in BANNED


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_test_module_is_short(path):
    assert len(path.read_text().splitlines()) <= TEST_MODULE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short_and_take_few_parameters(path):
    for function in functions(path):
        lines = function.end_lineno - function.lineno + 1
        assert lines <= FUNCTION_LINES, f"{function.name} has {lines} lines"
        arguments = function.args
        count = len(arguments.args) + len(arguments.kwonlyargs) + len(arguments.posonlyargs)
        count -= bool(arguments.args and arguments.args[0].arg in {"self", "cls"})
        assert count <= PARAMETERS, f"{function.name} has {count} parameters"


BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.AsyncWith, ast.AsyncFor, ast.Try, ast.Match)


def depth(node, level=0):
    deepest = level
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        elif_of = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deeper = isinstance(child, BLOCKS) and not elif_of
        deepest = max(deepest, depth(child, level + deeper))
    return deepest


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_blocks_are_not_nested_deeply(path):
    for function in functions(path):
        assert depth(function) <= NESTING, f"{function.name} nests {depth(function)} deep"


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=name)
def test_a_folder_has_few_children(folder):
    children = [
        child
        for child in folder.iterdir()
        if child.name not in {"__pycache__", "__init__.py", "py.typed"}
    ]
    assert len(children) <= FOLDER_CHILDREN


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name == "__init__.py"], ids=name)
def test_a_package_face_only_re_exports(path):
    for node in ast.parse(path.read_text()).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        dunder = isinstance(node, ast.Assign) and all(
            isinstance(target, ast.Name) and target.id.startswith("__") for target in node.targets
        )
        assert docstring or dunder or isinstance(node, ast.ImportFrom | ast.Import), ast.dump(node)
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_suppressions_carry_a_code_and_a_reason():
    # a bare code says nothing: a reason stands after it, or in a comment within three lines above
    pattern = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z-]+\])(.*)")
    for path in SOURCES:
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            found = pattern.search(line)
            if found and not re.match(r"\s*(-|#) \S", found.group(1)):
                above = lines[max(0, number - 3) : number]
                assert any("# " in one for one in above), f"{name(path)}: {line}"


def test_test_modules_have_distinct_names():
    stems = [path.stem for path in TESTS if path.stem != "conftest"]
    assert sorted(stems) == sorted(set(stems))


def test_every_import_goes_down_a_floor():
    finished = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout


def test_the_repository_names_no_machine():
    # secrets of a workplace: home folders, mounted work folders, package mirrors
    pattern = re.compile(r"/(?:root|home|work|opt)/[a-z]|https?://[^\s\"')]*(?:mirror|artifactory)")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for file in filter(None, listed.stdout.split("\0")):
        path = ROOT / file
        if path == Path(__file__) or not path.is_file():
            continue
        found = pattern.search(path.read_text(errors="ignore"))
        assert not found, f"{file}: {found.group()}"
