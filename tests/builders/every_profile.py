"""Every profile of a small rulebook, judged by the plain evaluator: a referee without a search."""

from itertools import product

from shipworthy.frameworks import Case, evaluate
from shipworthy.frameworks.compare.replay import evidence
from shipworthy.records import LevelField
from shipworthy.vocabulary import Truth


def points(space, kind):
    """All profiles of a deployment type."""
    where = [cell.label for cell in space.axes[0].cells].index(kind.value)
    for rest in product(*(range(len(axis.cells)) for axis in space.axes[1:])):
        yield (where, *rest)


class Referee:
    """Decisions of readings and truths of conditions, each profile judged once."""

    def __init__(self, book, space, kind):
        self.book = book
        self.ladder = book.decisions["deploy"]
        self.cases = {point: evidence(space, point, book.alpha) for point in points(space, kind)}
        self.space = space

    def levels(self, reading):
        return {
            point: self.ladder.index(evaluate(reading, case, "deploy").level_worst)
            for point, case in self.cases.items()
        }

    def inside(self, condition):
        return {
            point
            for point, case in self.cases.items()
            if Case(self.book, case).truth(condition) is Truth.TRUE
        }

    def bound_by(self, names, below):
        """Profiles in which one of these rules binds below a level, charitably read."""
        return {
            point
            for point, case in self.cases.items()
            if any(
                outcome.triggered is Truth.TRUE
                and outcome.rule.id in names
                and self.ladder.index(outcome.rule.ceiling) < below
                for outcome in evaluate(self.book, case, "deploy").rules
            )
        }

    def cost(self, point):
        moves = [abs(a - axis.usual) for a, axis in zip(point, self.space.axes, strict=True)][1:]
        return sum(move > 0 for move in moves), sum(moves)


def reads(book, condition):
    """Names of the facts and findings that a condition rests on."""
    fields = {field.name: field for field in book.fields}
    found = set()
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if not hasattr(one, "field"):
            waiting.extend(one.of)
            continue
        field = fields.get(one.field)
        if isinstance(field, LevelField) and field.definitions:
            waiting.extend(definition.when for definition in field.definitions)
        elif field is not None:
            point = "point" if getattr(one, "bound", None) == "point" else ""
            found.add((field.name, point))
    return found


def rules_about(book, condition):
    asked = reads(book, condition)
    return {
        rule.id
        for rule in book.rules
        if any(
            asked & reads(book, part)
            for part in (
                *([rule.when] if rule.when else []),
                *(one.condition for one in rule.requires),
            )
        )
    }
