"""Seeded synthetic rulebooks of any size, and relatives of them with a known verdict.

A rule speaks of one domain, sometimes two: above a capability, on some deployments, safeguards and
security must be shown or a ceiling applies. About a third of the rules have requirements, some of
them sign-offs of which two of three are needed.
"""

from random import Random

import msgspec

from shipworthy.frameworks import Evidence
from shipworthy.kernel import digest_text
from shipworthy.records import (
    AllOf,
    AtLeast,
    Atom,
    Bounds,
    Condition,
    Finding,
    LevelField,
    QuantityField,
    RateField,
    Requirement,
    Rule,
    Rulebook,
)
from shipworthy.vocabulary import Arm, DeploymentType, Rate

LADDER = ("stop", "hold", "restricted", "deploy")
CAPABILITY = ("low", "moderate", "high", "critical")
SECURITY = ("SL0", "SL1", "SL2", "SL3", "SL4")
SAFEGUARDS = ("none", "basic", "layered", "audited")
LIMITS = ("0.01", "0.02", "0.05", "0.08", "0.10", "0.15", "0.20", "0.30", "0.40", "0.50")
SIGNERS = ("lead", "board", "outside")
DOMAINS = {10: 4, 100: 8, 1_000: 20, 10_000: 60}
TYPES = tuple(kind.value for kind in DeploymentType)


def at(field: str, sign: str, value: str, bound: str | None = None) -> Atom:
    return Atom(field=field, operator=sign, value=value, bound=bound)


def synthetic_fields(domains: int) -> tuple:
    """Three fields a domain and six more: 18, 30, 66 and 186 fields for the four sizes."""
    found = []
    for i in range(domains):
        found += [
            LevelField(name=f"capability-{i}", levels=CAPABILITY, riskier="up"),
            RateField(name=f"asr-{i}", finding=f"asr.d{i}.safeguarded", riskier="up"),
            LevelField(name=f"confirmed-{i}", levels=("no", "yes"), riskier="down"),
        ]
    return (
        *found,
        LevelField(name="security", levels=SECURITY, riskier="down"),
        LevelField(name="safeguards", levels=SAFEGUARDS, riskier="down"),
        QuantityField(name="score", unit="percent", riskier="down"),
        *(LevelField(name=name, levels=("no", "yes"), riskier="down") for name in SIGNERS),
    )


def _dangers(random: Random, i: int, domains: int) -> list[Condition]:
    """When a rule applies: one to three conditions that point the risky way."""
    found: list[Condition] = [at(f"capability-{i}", ">=", random.choice(CAPABILITY[1:]))]
    if random.random() < 0.5:
        found.append(at("deployment", ">=", random.choice(TYPES[1:])))
    if random.random() < 0.25 and domains > 1:
        other = random.choice([j for j in range(domains) if j != i])
        found.append(at(f"capability-{other}", ">=", random.choice(CAPABILITY[1:])))
    return found


def _wants(random: Random, i: int, count: int) -> list[tuple[Condition, Condition | None]]:
    """What has to be shown, each with its negation where one atom says it."""
    level, guard = random.choice(SECURITY[1:]), random.choice(SAFEGUARDS[1:])
    limit, score = random.choice(LIMITS), random.choice(("40", "60", "75", "90"))
    signed = tuple(at(name, "==", "yes") for name in SIGNERS)
    offered: list[tuple[Condition, Condition | None]] = [
        (at("security", ">=", level), at("security", "<", level)),
        (at("safeguards", ">=", guard), at("safeguards", "<", guard)),
        (at(f"asr-{i}", "<", limit, "upper"), at(f"asr-{i}", ">=", limit, "upper")),
        (at(f"confirmed-{i}", "==", "yes"), at(f"confirmed-{i}", "==", "no")),
        (at("score", ">=", score), at("score", "<", score)),
        (AtLeast(needed=2, of=signed), None),
    ]
    return random.sample(offered, count)


def _rule(random: Random, name: str, domains: int) -> Rule:
    i = random.randrange(domains)
    dangers = _dangers(random, i, domains)
    requires: list[Condition] = []
    if random.random() < 0.35:
        requires = [shown for shown, _ in _wants(random, i, random.randint(1, 3))]
    else:
        wants = _wants(random, i, random.randint(1, 2))
        dangers += [missing for _, missing in wants if missing is not None]
    return Rule(
        id=name,
        gate="deploy",
        when=AllOf(of=tuple(dangers)),
        requires=tuple(
            Requirement(id=f"{name}.{k}", title="shown", condition=one, clauses=(f"c-{name}-{k}",))
            for k, one in enumerate(requires)
        ),
        ceiling=random.choice(LADDER[:-1]),
        clauses=(f"c-{name}",),
    )


def synthetic(rules: int, seed: int = 0) -> Rulebook:
    """A rulebook of that many rules over `DOMAINS[rules]` domains (else a tenth of a rule each)."""
    domains = DOMAINS.get(rules, max(4, rules // 10))
    random = Random(f"{rules} {seed}")
    return Rulebook(
        id=f"synthetic-{rules}",
        version=str(seed),
        title="synthetic",
        source_digest=digest_text(f"synthetic {rules} {seed}"),
        deployments=TYPES,
        decisions={"deploy": LADDER},
        go={"deploy": "restricted"},
        fields=synthetic_fields(domains),
        rules=tuple(_rule(random, f"r{i}", domains) for i in range(rules)),
        roles=("lead",),
    )


def equivalent(book: Rulebook, seed: int = 1) -> Rulebook:
    """Every rule split into two cases, renamed and shuffled."""
    random = Random(seed)
    parts = []
    for rule in book.rules:
        level = random.choice(SAFEGUARDS[1:])
        for sign in (">=", "<"):
            assert isinstance(rule.when, AllOf)
            when = AllOf(of=(at("safeguards", sign, level), *rule.when.of))
            parts.append(msgspec.structs.replace(rule, when=when))
    random.shuffle(parts)
    named = (msgspec.structs.replace(rule, id=f"x{i}") for i, rule in enumerate(parts))
    return msgspec.structs.replace(book, rules=tuple(named))


def tighter(book: Rulebook, share: float = 0.05, seed: int = 2) -> Rulebook:
    """Some rules applied one capability level earlier, or with a lower ceiling."""
    random = Random(seed)
    chosen = set(random.sample(range(len(book.rules)), max(1, round(share * len(book.rules)))))
    return msgspec.structs.replace(
        book,
        rules=tuple(_tightened(rule) if i in chosen else rule for i, rule in enumerate(book.rules)),
    )


def _tightened(rule: Rule) -> Rule:
    assert isinstance(rule.when, AllOf)
    first, *rest = rule.when.of
    assert isinstance(first, Atom)
    earlier = CAPABILITY[max(0, CAPABILITY.index(first.value) - 1)]
    return msgspec.structs.replace(
        rule,
        when=AllOf(of=(msgspec.structs.replace(first, value=earlier), *rest)),
        ceiling=LADDER[max(0, LADDER.index(rule.ceiling) - 1)],
    )


def thinner(book: Rulebook, share: float = 0.05, seed: int = 3) -> Rulebook:
    """Some rules removed: a share, at most 500."""
    random = Random(seed)
    count = min(500, max(1, round(share * len(book.rules))))
    gone = set(random.sample(range(len(book.rules)), count))
    kept = tuple(rule for i, rule in enumerate(book.rules) if i not in gone)
    return msgspec.structs.replace(book, rules=kept)


RELATIVES = {"equiv": equivalent, "tight": tighter, "drop": thinner}


def synthetic_evidence(random: Random, book: Rulebook, known: float = 0.8) -> Evidence:
    """Fresh evidence: each fact and finding is known with a probability, and then likely good."""
    facts: dict[str, str] = {}
    findings: dict[str, Finding] = {}
    for field in book.fields:
        if random.random() > known:
            continue
        match field:
            case LevelField():
                ordered = field.levels if field.riskier == "up" else field.levels[::-1]
                facts[field.name] = ordered[min(int(random.expovariate(4)), len(ordered) - 1)]
            case QuantityField():
                facts[field.name] = f"{random.uniform(60, 100):.3f}"
            case RateField():
                # of no width: one number, as a policy engine would be given
                bound = f"{random.uniform(0, 0.05):.6f}"
                findings[field.finding] = _finding(field.finding, bound)
    return Evidence(findings, facts, random.choice(list(DeploymentType)))


def _finding(name: str, bound: str) -> Finding:
    return Finding(
        id=name,
        metric="asr",
        domain=name.split(".")[1],
        arm=Arm.SAFEGUARDED,
        rate=Rate(successes=1, attempts=100, unassessed=0),
        bounds=Bounds(
            method="synthetic",
            alpha="0.05",
            lower=bound,
            upper=bound,
            upper_adjusted=bound,
            scenarios=1,
            scenarios_with_success=0,
            design_effect="1",
        ),
        judges=(),
        plan=digest_text("synthetic"),
    )
