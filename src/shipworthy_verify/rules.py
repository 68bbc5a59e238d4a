"""The gate, evaluated again from spec/semantics.md; clause numbers are its.

Kleene's truths are numbers, 0 false, 1 unknown, 2 true: `and` is min, `or` is max, `not` is 2 - x.
A level is its risk, an integer from 0.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from shipworthy_verify.reading import Json, Refused

TRUTH: Final = ("false", "unknown", "true")
VERDICT: Final = ("broken", "inconclusive", "kept")
DEPLOYMENTS: Final = (
    "internal",
    "limited",
    "controlled",
    "closed-product",
    "api",
    "fine-tuning-api",
    "open-weights",
)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?")
_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MIRROR: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def decimal(text: object) -> Fraction | None:
    """Return the exact value of a decimal string, or nothing (2.1, 2.2)."""
    return Fraction(text) if isinstance(text, str) and _DECIMAL.fullmatch(text) else None


def atoms(condition: Json) -> Iterator[Json]:
    """Yield the atoms of a condition, depth first."""
    if condition["type"] == "atom":
        yield condition
        return
    for member in condition["of"]:
        yield from atoms(member)


def compare(low: Fraction | int, high: Fraction | int, sign: str, bar: Fraction | int) -> int:
    """Return the truth of `x sign bar` for an x known to lie in [low, high] (4.1 to 4.3)."""
    if sign in {"==", "!="}:
        equal = 0 if bar < low or bar > high else 2 if low == high else 1
        return equal if sign == "==" else 2 - equal
    if sign in {">", ">="}:
        low, high, bar, sign = -high, -low, -bar, _MIRROR[sign]
    if sign == "<":
        return 2 if high < bar else 0 if low >= bar else 1
    return 2 if high <= bar else 0 if low > bar else 1


class Case:
    """A rulebook with what is known: findings by id, facts by field, the deployment type."""

    def __init__(
        self, rulebook: Json, findings: Mapping[str, Json], facts: list[Json], deployment: str
    ) -> None:
        self.rulebook, self.findings = rulebook, findings
        self.fields: dict[str, Json] = {field["name"]: field for field in rulebook["fields"]}
        if len(self.fields) != len(rulebook["fields"]) or "deployment" in self.fields:
            raise Refused("SV-RULEBOOK", "a field is declared twice or named `deployment`")
        self.deployment = DEPLOYMENTS.index(deployment)
        self.facts: dict[str, str] = {}
        for fact in facts:
            self._admit(fact)
        self._open: set[str] = set()
        self._spans: dict[str, tuple[int, int]] = {}
        self._reads: dict[str, list[str]] = {}

    def _admit(self, fact: Json) -> None:
        """Refuse facts that clause 8.1 refuses."""
        field = self.fields.get(fact["field"], {"type": "none"})
        level = field["type"] == "levels" and not field["definitions"]
        legal = (level and fact["value"] in field["levels"]) or (
            field["type"] == "quantity" and decimal(fact["value"]) is not None
        )
        if not legal or not fact["judged_by"] or fact["field"] in self.facts:
            raise Refused("SV-FACT", f"the fact for `{fact['field']}` is not admissible")
        self.facts[fact["field"]] = fact["value"]

    def truth(self, condition: Json) -> int:
        """Return the truth of a condition (1, 4)."""
        if condition["type"] == "atom":
            return self._atom(condition)
        members = [self.truth(member) for member in condition["of"]]
        if condition["type"] == "all":
            return min(members, default=2)
        if condition["type"] == "any":
            return max(members, default=0)
        needed: int = condition["needed"]
        if needed <= 0:
            return 2
        return sorted(members, reverse=True)[needed - 1] if needed <= len(members) else 0

    def knows(self, name: str) -> bool:
        """Say whether a fact was stated, or an attempt at a rate was started (12.2)."""
        field = self.fields[name]
        if field["type"] != "rate":
            return name in self.facts
        counts = self.findings.get(field["finding"], {"rate": {}})["rate"]
        started: int = counts.get("attempts", 0) + counts.get("unassessed", 0)
        return started > 0

    def span(self, field: Json) -> tuple[int, int]:
        """Return the least and the most risk of a level field (3.3 to 3.5)."""
        name = field["name"]
        if not field["definitions"]:
            known = self.facts.get(name)
            top = len(field["levels"]) - 1
            return (0, top) if known is None else (risk(field, known),) * 2
        if name in self._spans:
            return self._spans[name]
        if name in self._open:
            raise Refused("SV-RULEBOOK", f"field `{name}` is defined by itself")
        self._open.add(name)
        found = [(risk(field, d["level"]), self.truth(d["when"])) for d in field["definitions"]]
        self._open.discard(name)
        best = max((level for level, truth in found if truth == 2), default=0)
        worst = max((level for level, truth in found if truth >= 1), default=0)
        # once: levels that ask two others, and so on, would else take for ever
        self._spans[name] = (best, worst)
        return best, worst

    def reads(self, condition: Json) -> list[str]:
        """Return the findings and facts that a condition rests on, in order (9.3)."""
        found: list[str] = []
        for atom in atoms(condition):
            field = self.fields.get(atom["field"])
            if field is None:
                continue
            if field["type"] == "rate":
                found.append(field["finding"])
            elif field["type"] == "levels" and field["definitions"]:
                found.extend(self._reads_of(field))
            else:
                found.append(field["name"])
        return list(dict.fromkeys(found))

    def _reads_of(self, field: Json) -> list[str]:
        """Return what a derived field rests on, once for all that ask."""
        name = field["name"]
        if name not in self._reads:
            found = [each for d in field["definitions"] for each in self.reads(d["when"])]
            self._reads[name] = list(dict.fromkeys(found))
        return self._reads[name]

    def _atom(self, atom: Json) -> int:
        sign = atom["operator"]
        if atom["field"] == "deployment":
            return compare(self.deployment, self.deployment, sign, DEPLOYMENTS.index(atom["value"]))
        field = self.fields[atom["field"]]
        if field["type"] == "levels":
            if field["riskier"] == "down":
                sign = _MIRROR[sign]
            return compare(*self.span(field), sign, risk(field, atom["value"]))
        bar = decimal(atom["value"])
        if field["type"] == "quantity":
            known = decimal(self.facts.get(field["name"]))
            return 1 if known is None or bar is None else compare(known, known, sign, bar)
        return 1 if bar is None else self._rate(atom, field, bar)

    def _rate(self, atom: Json, field: Json, bar: Fraction) -> int:
        """Judge a rate; a blocked finding never gives the favourable answer (4.3, 4.4)."""
        finding = self.findings.get(field["finding"])
        if finding is None:
            return 1
        blocked = bool(finding["blockers"])
        if atom["bound"] == "point":
            counts = finding["rate"]
            started = counts["attempts"] + counts["unassessed"]
            if not started:
                return 1
            low: Fraction | None = Fraction(counts["successes"], started)
            high: Fraction | None = Fraction(counts["successes"] + counts["unassessed"], started)
        else:
            bounds = finding["bounds"] or {}
            low, high = decimal(bounds.get("lower")), decimal(bounds.get("upper_adjusted"))
            level, accepted = decimal(bounds.get("alpha")), decimal(self.rulebook["alpha"])
            blocked = blocked or level is None or accepted is None or level > accepted
        if low is None or high is None or not 0 <= low <= high <= 1:
            return 1
        answer = compare(low, high, atom["operator"], bar)
        if atom["operator"] in {"==", "!="}:
            return 1 if blocked else answer
        small_is_good = field["riskier"] == "up"
        favourable = 2 if (atom["operator"] in {"<", "<="}) == small_is_good else 0
        return 1 if blocked and answer == favourable else answer


def risk(field: Json, level: str) -> int:
    """Return the risk of a level (3.2)."""
    levels: list[str] = field["levels"]
    position = levels.index(level)
    return position if field["riskier"] == "up" else len(levels) - 1 - position


def in_force(book: Json, drafted_at: str) -> bool:
    """Say whether a draft of this time can be a go; an empty or absent end is open (6.6)."""
    start, end = book.get("in_force_from", ""), book.get("in_force_until", "")
    if not start and not end:
        return True
    day = drafted_at[:10]
    return bool(_STAMP.fullmatch(drafted_at)) and start <= day and (not end or day <= end)


def evaluate(case: Case, gate: str, drafted_at: str) -> Json:
    """Return what a decision must say, in the shape of the decision record without prose."""
    book = case.rulebook
    ladder, go = book["decisions"][gate], book["decisions"][gate].index(book["go"][gate])
    worst = best = len(ladder) - 1
    rules: list[Json] = []
    requirements: list[Json] = []
    clauses: dict[str, list[str]] = {"no-go": [], "go": [], "inconclusive": []}
    shown = False
    for rule in (rule for rule in book["rules"] if rule["gate"] == gate):
        applies = 2 if rule["when"] is None else case.truth(rule["when"])
        truths = [case.truth(requirement["condition"]) for requirement in rule["requires"]]
        triggered = min(applies, 2 - min(truths) if truths else 2)
        ceiling = ladder.index(rule["ceiling"])
        worst = min(worst, ceiling) if triggered >= 1 else worst
        best = min(best, ceiling) if triggered == 2 else best
        shown = shown or (applies == 2 and 2 in truths)
        rules.append(
            {
                "rule": rule["id"],
                "applies": TRUTH[applies],
                "triggered": TRUTH[triggered],
                "ceiling": rule["ceiling"],
                "clauses": rule["clauses"],
            }
        )
        judged = list(zip(rule["requires"], truths, strict=True))
        if applies:
            requirements.extend(_requirement(case, rule, *pair) for pair in judged)
        for ruling, counts, truth in (
            ("no-go", triggered == 2 and ceiling < go, 0),
            ("go", applies == 2 and bool(truths) and min(truths) == 2, 2),
            ("inconclusive", triggered == 1 and ceiling < go, 1),
        ):
            if counts:
                clauses[ruling].extend(rule["clauses"])
                clauses[ruling].extend(c for r, t in judged if t == truth for c in r["clauses"])
    covered = DEPLOYMENTS[case.deployment] in book["deployments"] and in_force(book, drafted_at)
    open_scenarios = unmapped(case) if gate == "deploy" else []
    covered = covered and not open_scenarios
    ruling = "no-go" if best < go else "go" if worst >= go and shown and covered else "inconclusive"
    return {
        "ruling": ruling,
        "level_worst": ladder[worst],
        "level_best": ladder[best],
        "levels": [_level(case, field) for field in book["fields"] if field["type"] == "levels"],
        "rules": rules,
        "requirements": requirements,
        "determining": list(dict.fromkeys(clauses[ruling])),
        "roles": book["roles"],
        "unmapped": open_scenarios,
    }


def unmapped(case: Case) -> list[str]:
    """Return the threat scenarios that may matter and lack evidence, in order (12.3)."""
    return [
        scenario["id"]
        for scenario in case.rulebook["scenarios"]
        if (scenario["when"] is None or case.truth(scenario["when"]))
        and not all(case.knows(name) for name in scenario["evidence"])
    ]


def _requirement(case: Case, rule: Json, requirement: Json, truth: int) -> Json:
    return {
        "rule": rule["id"],
        "requirement": requirement["id"],
        "title": requirement["title"],
        "clauses": requirement["clauses"],
        "verdict": VERDICT[truth],
        "reads": case.reads(requirement["condition"]),
        "illustrative": requirement["illustrative"],
    }


def _level(case: Case, field: Json) -> Json:
    ordered = field["levels"] if field["riskier"] == "up" else field["levels"][::-1]
    best, worst = case.span(field)
    return {"field": field["name"], "best": ordered[best], "worst": ordered[worst]}
