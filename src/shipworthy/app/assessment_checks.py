"""What the schema of an assessment cannot say: ranges, duplicates, names."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from shipworthy.app.toml_positions import KeyPath, TomlPositions
from shipworthy.kernel import Diagnostic
from shipworthy.records import Assessment

Complaint = tuple[str, str, KeyPath, str]
"""Code, message, where, and what would be right."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def check_assessment(assessment: Assessment, positions: TomlPositions) -> Iterator[Diagnostic]:
    """Yield everything that is wrong with an assessment that has the right shape."""
    for check in (
        _check_header,
        _check_amounts,
        _check_lists,
        _check_layers,
        _check_facts,
        _check_roles,
    ):
        for code, message, path, right in check(assessment):
            yield Diagnostic(f"assessment-{code}", message, positions.locate(path), right)


def _check_header(assessment: Assessment) -> Iterator[Complaint]:
    header = assessment.assessment
    if not _NAME.fullmatch(header.name):
        yield (
            "name",
            f"`{header.name}` cannot name an assessment",
            ("assessment", "name"),
            "lower-case letters, digits, dots, underscores and hyphens, at most 64",
        )
    if not 0 <= header.seed < 2**53:
        yield (
            "impossible-threshold",
            f"`seed = {header.seed}`",
            ("assessment", "seed"),
            "an integer from 0 to 2^53 - 1",
        )
    if header.expires_days < 1:
        yield (
            "impossible-threshold",
            f"`expires_days = {header.expires_days}`: a decision cannot expire before it is made",
            ("assessment", "expires_days"),
            "a positive number of days",
        )


def _check_amounts(assessment: Assessment) -> Iterator[Complaint]:
    campaign = assessment.campaign
    if not _is_level(campaign.alpha):
        yield (
            "impossible-threshold",
            f"`alpha = {campaign.alpha}` is not an error level",
            ("campaign", "alpha"),
            'a decimal string between 0 and 0.5, such as `"0.05"`',
        )
    for name, value in (
        ("concurrency", campaign.concurrency),
        ("attacks_per_scenario", campaign.attacks_per_scenario),
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


def _check_lists(assessment: Assessment) -> Iterator[Complaint]:
    campaign = assessment.campaign
    for name, values in (
        ("attacks", campaign.attacks),
        ("scenarios", campaign.scenarios),
        ("domains", campaign.domains),
    ):
        for twice in _repeated(values):
            yield "duplicate-id", f"`{twice}` is listed twice", ("campaign", name), "list it once"
    for name, values in (("attacks", campaign.attacks), ("scenarios", campaign.scenarios)):
        if not values:
            yield "missing-key", f"`{name}` is empty", ("campaign", name), "list at least one"


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
            if not value.strip():
                yield (
                    "missing-key",
                    f"`{name}` of the fact `{fact.field}` is empty",
                    ("facts", index, name),
                    "a fact needs the person who judged it and the record it rests on",
                )


def _check_roles(assessment: Assessment) -> Iterator[Complaint]:
    people: dict[str, str] = {}
    for role, section in assessment.roles.items():
        if section.person in people:
            yield (
                "duplicate-id",
                f"`{section.person}` holds both `{people[section.person]}` and `{role}`",
                ("roles", role, "person"),
                "a person counts once: give one of the roles to somebody else",
            )
        people[section.person] = role


def _repeated(values: Iterable[str]) -> list[str]:
    listed = list(values)
    return sorted({value for value in listed if listed.count(value) > 1})


def _is_level(text: str) -> bool:
    try:
        return 0.0 < float(text) < 0.5
    except ValueError:
        return False
