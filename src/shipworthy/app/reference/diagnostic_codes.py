"""Every diagnostic code in the source, found in its syntax tree: none is kept in a list by hand.

A code is the first argument of `Problem.of` or `Diagnostic`. Where that argument is a parameter
of the function around it (perhaps behind a prefix), the callers of that function give the code,
and so on up to literals. What cannot be followed this way is refused, so that no code is missed.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_CODE: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_PRINTED: Final = re.compile(r"error\[([a-z-]+)\]")
_FRAMEWORK_TO_SCENARIO: Final = (
    "framework-syntax",
    "framework-encoding",
    "framework-duplicate-key",
)
"""Faults of the YAML reader; the scenario reader renames their first word."""

_PASSED_ON: Final = re.compile(r"\w+\.code|fault\.code\.replace\('framework-', 'scenario-'\)")
"""Codes of a diagnostic that exists already."""


@dataclass(frozen=True, slots=True)
class _Site:
    """A place where a code is given, with what stands around it."""

    code: ast.expr
    call: ast.Call
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    owner: str
    tree: ast.Module
    module: str


@dataclass(frozen=True, slots=True)
class _Forwarder:
    """A function that makes a problem of a code it is given; private ones serve one module."""

    module: str
    name: str
    owner: str
    parameter: str
    position: int
    prefix: str
    exits: frozenset[str]


@dataclass(slots=True)
class _Gathered:
    codes: dict[str, set[str]] = field(default_factory=dict)
    forwarders: dict[tuple[str, str, str, str], _Forwarder] = field(default_factory=dict)

    def note(self, code: str, exits: Iterable[str]) -> None:
        self.codes.setdefault(code, set()).update(exits)


def diagnostic_codes(package: Path) -> Mapping[str, frozenset[str]]:
    """Return every code of a package with the names of the exit codes that it may lead to.

    Raises:
        ValueError: for a code that is neither a literal nor given by callers.
    """
    modules = {
        path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
    }
    calls = [site for name, tree in modules.items() for site in _calls(name, tree)]
    gathered = _Gathered()
    for site in calls:
        if ast.unparse(site.call.func) in {"Problem.of", "LogFull.of", "Diagnostic"}:
            _resolve(site, "", _exits(site.call), gathered)
    done: set[tuple[str, str, str, str]] = set()
    while set(gathered.forwarders) - done:
        for key in sorted(set(gathered.forwarders) - done):
            done.add(key)
            _follow(gathered.forwarders[key], calls, gathered)
    for tree in modules.values():
        for text in _printed(tree):
            gathered.note(text, ["INTERNAL" if text == "internal" else "USAGE"])
    return {code: frozenset(exits) for code, exits in sorted(gathered.codes.items())}


def _resolve(site: _Site, prefix: str, exits: frozenset[str], gathered: _Gathered) -> None:
    """Note a literal code, or the function through which the code comes."""
    literal = _literal(site.code)
    if literal is None:
        literal = _constant(site.code, site.tree)
    if literal is not None:
        gathered.note(prefix + literal, exits)
        return
    more, name = _parameter(site.code)
    function = site.function
    if function and name in _parameters(function):
        position = _parameters(function).index(name)
        key = (site.module, site.owner, function.name, prefix + more)
        gathered.forwarders[key] = _Forwarder(
            module=site.module,
            name=function.name,
            owner=site.owner,
            parameter=name,
            position=position,
            prefix=prefix + more,
            exits=exits,
        )
    elif name and more:
        for yielded in _yielded(site.tree):
            gathered.note(prefix + more + yielded, exits)
    elif "replace" in ast.unparse(site.code):
        for code in _FRAMEWORK_TO_SCENARIO:
            gathered.note(code.replace("framework-", "scenario-"), exits)
    elif not (site.module == "kernel/diagnostics.py" or _PASSED_ON.search(ast.unparse(site.code))):
        raise ValueError(f"cannot follow the code `{ast.unparse(site.code)}` in {site.module}")


def _follow(forwarder: _Forwarder, calls: list[_Site], gathered: _Gathered) -> None:
    for site in calls:
        if not _is_call_of(forwarder, site):
            continue
        given = {word.arg: word.value for word in site.call.keywords}
        argument = given.get(forwarder.parameter)
        if argument is None and forwarder.position < len(site.call.args):
            argument = site.call.args[forwarder.position]
        if argument is None:
            continue
        found = _Site(argument, site.call, site.function, site.owner, site.tree, site.module)
        _resolve(found, forwarder.prefix, forwarder.exits, gathered)


def _is_call_of(forwarder: _Forwarder, site: _Site) -> bool:
    called = site.call.func
    if forwarder.name.startswith("_") and site.module != forwarder.module:
        return False
    if not forwarder.owner:
        return isinstance(called, ast.Name) and called.id == forwarder.name
    if not (isinstance(called, ast.Attribute) and called.attr == forwarder.name):
        return False
    receiver = ast.unparse(called.value).rpartition(".")[2]
    return receiver == forwarder.owner.lower() or (
        receiver == "self" and site.owner == forwarder.owner
    )


def _calls(module: str, tree: ast.Module) -> Iterator[_Site]:
    def walk(
        node: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef | None, owner: str
    ) -> Iterator[_Site]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.ClassDef():
                    yield from walk(child, None, child.name)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from walk(child, child, owner)
                case _:
                    if isinstance(child, ast.Call) and child.args:
                        yield _Site(child.args[0], child, function, owner, tree, module)
                    yield from walk(child, function, owner)

    yield from walk(tree, None, "")


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    names = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _constant(node: ast.expr, tree: ast.Module) -> str | None:
    """Return the text of a constant of the module, if that is what is named."""
    if not isinstance(node, ast.Name):
        return None
    for one in tree.body:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == node.id:
                return _literal(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
                name == node.id
            ):
                return _literal(value)
    return None


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if _CODE.fullmatch(node.value) else None
    return None


def _parameter(node: ast.expr) -> tuple[str, str]:
    """Return the prefix and the name in `name` or `f"prefix{name}"`."""
    match node:
        case ast.Name(id=name):
            return "", name
        case ast.JoinedStr(
            values=[ast.Constant(value=str(prefix)), ast.FormattedValue(value=ast.Name(id=name))]
        ):
            return prefix, name
        case _:
            return "", ""


def _yielded(tree: ast.Module) -> Iterator[str]:
    """Yield the first words of the tuples that the functions of a module yield."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            code = _literal(node.value.elts[0])
            if code is not None:
                yield code


def _printed(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _PRINTED.findall(node.value)


def _exits(call: ast.Call) -> frozenset[str]:
    for word in call.keywords:
        if word.arg == "exit_code":
            return frozenset({ast.unparse(word.value).rpartition(".")[2]})
    return frozenset({"USAGE"})
