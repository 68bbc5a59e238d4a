"""What the schema of an assessment cannot say: ranges, duplicates, names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from shipworthy.app.assessment_file.complaints import Complaint, says_something, unprintable
from shipworthy.app.assessment_file.risk_checks import check_risks
from shipworthy.app.assessment_file.toml_positions import KeyPath, TomlPositions
from shipworthy.kernel import Diagnostic
from shipworthy.records import Assessment
from shipworthy.statistics.sequential import FUTILITY

LONGEST_DAYS: Final = 3650
_RESERVED: Final = frozenset({"keys", "registry", "store"})
"""Folders of a project that hold no assessment."""
_SHARE: Final = re.compile(r"0\.[0-9]{1,6}", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def check_assessment(assessment: Assessment, positions: TomlPositions) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with an assessment that has the right shape."""
    for check in (
        _check_header,
        _check_amounts,
        _check_reading,
        _check_confirmation,
        _check_lists,
        _check_layers,
        _check_facts,
        _check_roles,
        _check_texts,
        check_risks,
    ):
        for code, message, path, right in check(assessment):
            yield Diagnostic(f"assessment-{code}", message, positions.locate(path), right)


def _check_header(assessment: Assessment) -> Iterator[Complaint]:
    header = assessment.assessment
    if not _NAME.fullmatch(header.name) or header.name in _RESERVED:
        yield (
            "name",
            f"`{header.name}` cannot name an assessment",
            ("assessment", "name"),
            "lower-case letters, digits, dots, underscores and hyphens; not keys, registry, store",
        )
    if not 0 <= header.seed < 2**53:
        yield (
            "impossible-threshold",
            f"`seed = {header.seed}`",
            ("assessment", "seed"),
            "an integer from 0 to 2^53 - 1",
        )
    if not 1 <= header.expires_days <= LONGEST_DAYS:
        yield (
            "impossible-threshold",
            f"`expires_days = {header.expires_days}` is no time in which a decision can stand",
            ("assessment", "expires_days"),
            f"a number of days from 1 to {LONGEST_DAYS}",
        )


def _check_amounts(assessment: Assessment) -> Iterator[Complaint]:
    campaign = assessment.campaign
    if not _is_level(campaign.alpha):
        yield (
            "impossible-threshold",
            f"`alpha = {campaign.alpha}` is not an error level",
            ("campaign", "alpha"),
            'a plain decimal between 0 and 0.5 with at most six digits, such as `"0.05"`',
        )
    if not _is_share(campaign.futility):
        yield (
            "impossible-threshold",
            f"`futility = {campaign.futility}` is not a likelihood ratio to give up at",
            ("campaign", "futility"),
            'a plain decimal from 0 to below 1, such as `"0.08"`; `"0"` never gives up',
        )
    elif campaign.stopping == "fixed" and campaign.futility != FUTILITY:
        yield (
            "idle-setting",
            '`futility` says nothing with `stopping = "fixed"`, which tries every scenario',
            ("campaign", "futility"),
            'set `stopping = "sequential"`, or take `futility` out',
        )
    for name, value in (
        ("concurrency", campaign.concurrency),
        ("attacks_per_scenario", campaign.attacks_per_scenario),
        ("attempts_per_task", campaign.attempts_per_task),
        ("attempts_per_pair", campaign.attempts_per_pair),
    ):
        if not 1 <= value <= 4096:
            yield "impossible-threshold", f"`{name} = {value}`", ("campaign", name), "1 to 4096"
    for name, value in (
        ("scenarios_per_domain", campaign.scenarios_per_domain),
        ("benign_per_domain", campaign.benign_per_domain),
    ):
        if value < 0:
            yield (
                "impossible-threshold",
                f"`{name} = {value}`",
                ("campaign", name),
                "0 for all, or a positive number",
            )
    realism = assessment.trust.realism_per_domain
    if realism < 0:
        yield (
            "impossible-threshold",
            f"`realism_per_domain = {realism}`",
            ("trust", "realism_per_domain"),
            "0 for none, or a positive number",
        )


def _check_reading(assessment: Assessment) -> Iterator[Complaint]:
    reading = assessment.reading
    if reading is None:
        return
    if reading.negatives < 0:
        yield (
            "impossible-threshold",
            f"`negatives = {reading.negatives}`",
            ("reading", "negatives"),
            "0 for all, or a positive number",
        )
    if not (_is_share(reading.twice) or reading.twice == "1"):
        yield (
            "impossible-threshold",
            f"`twice = {reading.twice}` is no share of items",
            ("reading", "twice"),
            'a plain decimal from 0 to 1 with at most six digits, such as `"0.15"`',
        )
    for name, values in (
        ("arms", [arm.value for arm in reading.arms]),
        ("domains", reading.domains),
    ):
        for twice in _repeated(values):
            yield "duplicate-id", f"`{twice}` is listed twice", ("reading", name), "list it once"


def _check_confirmation(assessment: Assessment) -> Iterator[Complaint]:
    section = assessment.confirmation
    days = section.max_age_days
    if not 1 <= days <= LONGEST_DAYS:
        yield (
            "impossible-threshold",
            f"`max_age_days = {days}` is no time for which a confirmation can count",
            ("confirmation", "max_age_days"),
            f"a number of days from 1 to {LONGEST_DAYS}",
        )
    if section.required and not section.deployment.strip():
        yield (
            "no-deployment",
            "a confirmation is required, and nothing says of which deployment",
            ("confirmation",),
            'write `deployment = "NAME"`, the `name` in `[deployment]` of its deployment file',
        )


def _check_lists(assessment: Assessment) -> Iterator[Complaint]:
    campaign = assessment.campaign
    for name, values in (
        ("attacks", campaign.attacks),
        ("scenarios", campaign.scenarios),
        ("domains", campaign.domains),
    ):
        for twice in _repeated(values):
            yield "duplicate-id", f"`{twice}` is listed twice", ("campaign", name), "list it once"
    if not campaign.scenarios:
        yield "missing-key", "`scenarios` is empty", ("campaign", "scenarios"), "list at least one"


def _check_layers(assessment: Assessment) -> Iterator[Complaint]:
    seen: set[str] = set()
    for index, layer in enumerate(assessment.safeguards):
        name = layer.name or layer.kind
        if name in seen:
            yield (
                "duplicate-id",
                f"two safeguards are called `{name}`",
                ("safeguards", index),
                'give one of them another `name = "..."`',
            )
        seen.add(name)


def _check_facts(assessment: Assessment) -> Iterator[Complaint]:
    fields = [fact.field for fact in assessment.facts]
    for index, fact in enumerate(assessment.facts):
        if fact.field in fields[:index]:
            yield (
                "duplicate-id",
                f"two facts state `{fact.field}`",
                ("facts", index, "field"),
                "state each field once",
            )
        for name, value in (("judged_by", fact.judged_by), ("record", fact.record)):
            if not says_something(value):
                yield (
                    "missing-key",
                    f"`{name}` of the fact `{fact.field}` is empty",
                    ("facts", index, name),
                    "a fact needs the person who judged it and the record it rests on",
                )


def _check_roles(assessment: Assessment) -> Iterator[Complaint]:
    people: dict[str, str] = {}
    for role, section in assessment.roles.items():
        if not says_something(section.person):
            yield (
                "missing-key",
                f"`person` of the role `{role}` is empty",
                ("roles", role, "person"),
                "a role is held by a person with a name",
            )
        who = _same_person(section.person)
        if who in people:
            yield (
                "duplicate-id",
                f"`{section.person}` holds both `{people[who]}` and `{role}`",
                ("roles", role, "person"),
                "a person counts once: give one of the roles to somebody else",
            )
        people[who] = role


def _check_texts(assessment: Assessment) -> Iterator[Complaint]:
    """What is shown in reports and terminals must show itself as it is."""
    texts: list[tuple[KeyPath, str]] = [
        (("subject", "name"), assessment.subject.name),
        *((("assessment", "limitations"), text) for text in assessment.assessment.limitations),
        *((("roles", role, "person"), one.person) for role, one in assessment.roles.items()),
    ]
    for index, fact in enumerate(assessment.facts):
        texts.append((("facts", index, "judged_by"), fact.judged_by))
        texts.append((("facts", index, "record"), fact.record))
    for path, text in texts:
        if unprintable(text):
            message = f"`{path[-1]}` holds the invisible character `{unprintable(text)}`"
            yield "type", message, path, "write plain text"
    if not says_something(assessment.subject.name):
        yield "missing-key", "`name` of the subject is empty", ("subject", "name"), "name the model"


def _same_person(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, folded))


def _repeated(values: Iterable[str]) -> list[str]:
    listed = list(values)
    return sorted({value for value in listed if listed.count(value) > 1})


def _is_level(text: str) -> bool:
    return _SHARE.fullmatch(text) is not None and 0.0 < float(text) < 0.5


def _is_share(text: str) -> bool:
    return text == "0" or _SHARE.fullmatch(text) is not None
