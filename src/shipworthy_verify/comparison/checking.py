"""Walk a certificate: every cut tiles its box, every leaf holds, every witness is as judged."""

from dataclasses import dataclass
from typing import Any, Final

from shipworthy_verify.comparison.rulebooks import refuse_two_scales, refuse_unsound
from shipworthy_verify.comparison.sides import Box, Side
from shipworthy_verify.comparison.verdicts import change_of, terms_of, together
from shipworthy_verify.reading import Json, Refused, digest, read_json
from shipworthy_verify.rules import DEPLOYMENTS

GATES: Final = ("deploy", "develop")
FORMAT: Final = "shipworthy-comparison/1"
IDLE: Final = -1
Place = tuple[str, int]
"""A deployment type and a decision level, by its place on the new side's ladder."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict that follows; `scope` has the gates and types it is about, `whole` if all are.

    `levels` are the decision levels that it takes for another: (old, new), an assumption.
    """

    change: str
    scope: tuple[tuple[str, tuple[str, ...]], ...]
    whole: bool
    levels: tuple[tuple[str, str], ...] = ()


def verify_comparison(certificate: bytes, old: bytes, new: bytes) -> Verified:
    """Return the verdict of a certificate that holds for these two rulebooks.

    Raises:
        Refused: with the first thing that does not hold.
    """
    claim: Json = read_json(certificate, "certificate")
    books: list[Json] = [read_json(data, name) for data, name in ((old, "old"), (new, "new"))]
    try:
        return _verified(claim, books, (old, new))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
        text = f"the certificate is malformed: {type(fault).__name__}, {fault}"
        raise Refused("SV-DIFF-FORMAT", text) from None
    except RecursionError:
        raise Refused("SV-DIFF-FORMAT", "the certificate is nested too deeply") from None


def _verified(claim: Json, books: list[Json], files: tuple[bytes, bytes]) -> Verified:
    if claim["format"] != FORMAT:
        raise Refused("SV-DIFF-FORMAT", f"the certificate is not a `{FORMAT}`")
    for name, data in zip(("old", "new"), files, strict=True):
        if claim[name] != digest(data):
            raise Refused("SV-DIFF-RULEBOOK", f"the certificate is about another {name} rulebook")
    for name, book in zip(("old", "new"), books, strict=True):
        refuse_unsound(book, name)
    refuse_two_scales(books)
    _refuse_strange_map(claim["map"], books)
    gates = [gate["gate"] for gate in claim["gates"]]
    if len(set(gates)) != len(gates):
        raise Refused("SV-DIFF-FORMAT", "a gate stands there twice")
    changes = [_gate(gate, books, claim["map"]) for gate in claim["gates"]]
    changes += terms_of(books[0], books[1], claim["map"], gates)
    change = _same(together(changes), claim["change"], "the whole comparison")
    scope = tuple((gate["gate"], tuple(gate["deployments"])) for gate in claim["gates"])
    shared = [gate for gate in GATES if all(gate in book["decisions"] for book in books)]
    types = {kind for kind in DEPLOYMENTS if all(kind in book["deployments"] for book in books)}
    whole = set(gates) == set(shared) and all(set(kinds) == types for _, kinds in scope)
    levels = tuple(sorted((one, to) for one, to in claim["map"].items() if one != to))
    return Verified(change, scope, whole, levels)


def _refuse_strange_map(mapping: dict[str, str], books: list[Json]) -> None:
    old, new = ({one for ladder in book["decisions"].values() for one in ladder} for book in books)
    if not (set(mapping) <= old and set(mapping.values()) <= new):
        raise Refused("SV-DIFF-VERDICT", "the map of decision levels names what is not there")


def _gate(claim: Json, books: list[Json], mapping: dict[str, str]) -> str:
    """Return the verdict on one gate, drawn from its proofs and witnesses alone."""
    gate, kinds = claim["gate"], claim["deployments"]
    before, after = (book["decisions"][gate] for book in books)
    if any(kind not in book["deployments"] for kind in kinds for book in books):
        raise Refused("SV-DIFF-VERDICT", "a deployment type that one side does not cover")
    spots = [after.index(mapping.get(level, level)) for level in before]
    if spots != sorted(spots) or spots[-1] != len(after) - 1:
        raise Refused("SV-DIFF-VERDICT", "the map of decision levels turns the order around")
    go = before.index(books[0]["go"][gate])
    if spots[go] in spots[:go]:
        raise Refused("SV-DIFF-VERDICT", "the map makes a go of a decision level that was none")
    ladders = (dict(zip(before, spots, strict=True)), {level: i for i, level in enumerate(after)})
    axes = claim["axes"]
    keys = [(axis["kind"], axis["name"]) for axis in axes]
    if keys[0] != ("level", "deployment") or len(set(keys)) != len(keys):
        raise Refused("SV-DIFF-FORMAT", "the first axis is not the deployment, or one stands twice")
    old, new = (Side(book, gate, one, axes) for book, one in zip(books, ladders, strict=True))
    sizes = [_size(axis, old, new) for axis in axes]
    wanted = [(kind, i) for kind in kinds for i in range(1, len(after))]
    more = _Direction(claim["old"], (old, new), sizes).places(wanted)
    less = _Direction(claim["new"], (new, old), sizes).places(wanted)
    found = [[kind, after[i], change_of(more[kind, i], less[kind, i])] for kind, i in wanted]
    if found != claim["levels"]:
        raise Refused("SV-DIFF-VERDICT", f"gate `{gate}`: the verdicts on its levels do not follow")
    return _same(together(change for _, _, change in found), claim["change"], f"gate `{gate}`")


def _size(axis: Json, old: Side, new: Side) -> int:
    """Return how many cells an axis has."""
    if axis["kind"] != "level":
        return len(axis["cuts"]) + 1
    scales = [scale for scale in (old.levels(axis["name"]), new.levels(axis["name"])) if scale]
    if not scales or scales[0] != scales[-1]:
        raise Refused("SV-DIFF-CUT", f"the scale of `{axis['name']}` is not the same on both sides")
    return len(scales[0])


class _Direction:
    """What a certificate shows of the rules of one side (`leaving`) against the other."""

    def __init__(self, claim: Json, sides: tuple[Side, Side], sizes: list[int]) -> None:
        self._leaving, self._taking = sides
        self._full = tuple(frozenset(range(size)) for size in sizes)
        self._covered: dict[tuple[int, str], int] = {}
        self._permitted: set[Place] = set()
        for proof in claim["kept"]:
            self._keep(proof)
        for point in claim["permitted"]:
            self._permit(self._profile(point), DEPLOYMENTS[point[0]])
        for one in claim["dropped"]:
            self._drop(self._rule(one["rule"]), one["profile"])

    def places(self, wanted: list[Place]) -> dict[Place, bool | None]:
        """Say for each type and level whether it is given up, or not, or not shown."""
        found: dict[Place, bool | None] = {}
        for kind, level in wanted:
            kept = all(
                self._covered.get((i, kind), level + 1) <= level
                for i, rule in enumerate(self._leaving.rules)
                if self._leaving.ceiling(rule) < level
            )
            given = (kind, level) in self._permitted
            if kept and given:
                raise Refused("SV-DIFF-VERDICT", f"a level is both kept and given up for `{kind}`")
            found[kind, level] = given if kept or given else None
        return found

    def _keep(self, proof: Json) -> None:
        place, level, kinds = proof["rule"], proof["level"], proof["deployments"]
        rule = self._rule(place)
        here = frozenset(DEPLOYMENTS.index(kind) for kind in kinds)
        self._tree(proof["tree"], (here, *self._full[1:]), rule, level)
        for kind in kinds:
            self._covered[place, kind] = min(level, self._covered.get((place, kind), level))

    def _rule(self, place: Any) -> Json:
        if place < 0:
            raise Refused("SV-DIFF-FORMAT", "a rule has a place below zero")
        rule: Json = self._leaving.rules[place]
        return rule

    def _tree(self, tree: Any, box: Box, rule: Json, level: int) -> None:
        """Refuse cuts that overlap or leave something out, and leaves that do not hold."""
        if not isinstance(tree, int):
            axis, parts = tree["axis"], tree["parts"]
            cells = [cell for part, _ in parts for cell in part]
            if len(cells) != len(set(cells)) or set(cells) != box[axis] or axis < 0:
                raise Refused(
                    "SV-DIFF-CUT", f"a cut along axis {axis} overlaps or leaves cells out"
                )
            for part, below in parts:
                inner = (*box[:axis], frozenset(part), *box[axis + 1 :])
                self._tree(below, inner, rule, level)
        elif tree == IDLE:
            if self._leaving.binds(rule, box) != 0:
                raise Refused(
                    "SV-DIFF-LEAF", f"rule `{rule['id']}` may bind where it is called idle"
                )
        elif tree < 0:
            raise Refused("SV-DIFF-FORMAT", f"`{tree}` is no leaf")
        else:
            cover = self._taking.rules[tree]
            if self._taking.ceiling(cover) >= level or self._taking.binds(cover, box) != 2:
                text = f"rule `{cover['id']}` does not cover `{rule['id']}` in a box"
                raise Refused("SV-DIFF-LEAF", text)

    def _permit(self, box: Box, kind: str) -> int:
        """Note the levels that a profile shows to be given up; returns what is permitted."""
        low, high = self._leaving.decision(box), self._taking.decision(box)
        if low >= high:
            raise Refused("SV-DIFF-WITNESS", "a profile is not permitted more by the other side")
        self._permitted |= {(kind, level) for level in range(low + 1, high + 1)}
        return high

    def _drop(self, rule: Json, point: list[int]) -> None:
        box = self._profile(point)
        high = self._permit(box, DEPLOYMENTS[point[0]])
        if self._leaving.binds(rule, box) != 2 or high <= self._leaving.ceiling(rule):
            raise Refused("SV-DIFF-WITNESS", f"rule `{rule['id']}` is not dropped in its profile")

    def _profile(self, point: list[int]) -> Box:
        box = tuple(frozenset({cell}) for cell in point)
        pairs = zip(box, self._full, strict=True)
        if any(not here <= full for here, full in pairs):
            raise Refused("SV-DIFF-WITNESS", "a profile has a cell that its axis does not have")
        return box


def _same(found: str, said: str, what: str) -> str:
    if found != said:
        raise Refused("SV-DIFF-VERDICT", f"{what}: `{said}` does not follow, `{found}` does")
    return found
