"""What a person gives to an import: logs with their arms, rules for scores, a question."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shipworthy.app.inspect_logs.census import GivenLog, LogReading
from shipworthy.app.inspect_logs.plans import ImportTerms
from shipworthy.frameworks import compile_rulebook, load_framework
from shipworthy.instruments.inspect_logs import (
    KEY,
    Header,
    InspectLog,
    ScoreRules,
    is_own,
    open_log,
    parse_rule,
)
from shipworthy.kernel import Location, Problem, Registry, did_you_mean
from shipworthy.records import RateField, Rulebook
from shipworthy.vocabulary import Arm, DeploymentType

_ARMS: Final = {arm.value: arm for arm in Arm}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED: Final = frozenset({"keys", "registry", "store"})
"""Folders of a project that hold no campaign."""

_NO_NAME: Final = re.compile(r"[^a-z0-9._-]+")
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What a person typed; empty texts where nothing was said.

    `logs` are paths, each with `ARM=` before it where the log has no tag that says the arm.
    """

    logs: tuple[str, ...]
    framework: str
    deployment: str
    domain: str
    breached: tuple[str, ...]
    held: tuple[str, ...]
    name: str = ""
    subject: str = ""


def understood(asked: ImportRequest, registry: Registry) -> tuple[LogReading, ImportTerms]:
    """Return what is to be read, and on which question it bears.

    Raises:
        Problem: `inspect-*`, and for a framework that is not there or says nothing about the
            deployment.
    """
    logs = [_given(text) for text in asked.logs]
    own = {is_own(given.log.header) for given in logs}
    if len(own) > 1:
        raise Problem.of(
            "inspect-unpaired",
            "some of the logs are exports of Shipworthy and some are not",
            help="import them apart",
        )
    terms = _terms(asked, logs, registry)
    if own == {True}:
        return LogReading(logs, _own_rules(), asked.domain), terms
    return LogReading(logs, _rules(asked), _domain(asked, terms.rulebook)), terms


def _given(text: str) -> GivenLog:
    prefix, mark, path = text.partition("=")
    if mark and prefix in _ARMS:
        return GivenLog(open_log(Path(path)), _ARMS[prefix])
    log = open_log(Path(text))
    return GivenLog(log, _tagged(log))


def _tagged(log: InspectLog) -> Arm:
    """Return the arm that a log says it is of, by a tag or by an argument or metadata `arm`."""
    said = {tag for tag in log.header.eval.tags or () if tag in _ARMS} | set(_named(log.header))
    if len(said) == 1:
        return _ARMS[said.pop()]
    found = f"it names {' and '.join(sorted(said))}" if said else "it has no tag that says so"
    raise Problem.of(
        "inspect-arm",
        f"which arm the log is of is not known: {found}",
        location=Location(str(log.path)),
        help=f"write `ARM={log.path}`, ARM one of {', '.join(_ARMS)}",
    )


def _named(header: Header) -> Iterable[str]:
    spec = header.eval
    tables: tuple[dict[str, Any], ...] = (spec.task_args, spec.metadata or {})
    own = tables[1].get(KEY)
    values = [table.get("arm") for table in (*tables, own if isinstance(own, dict) else {})]
    return [value for value in values if isinstance(value, str) and value in _ARMS]


def _rules(asked: ImportRequest) -> ScoreRules:
    if not asked.breached or not asked.held:
        raise Problem.of(
            "inspect-rule",
            "what a score means is not known: `correct` is good in one task and a breach in the "
            "next",
            help="give both `--breach-when 'SCORER == VALUE'` and `--held-when 'SCORER == VALUE'`",
        )
    return ScoreRules(
        breached=tuple(parse_rule(text) for text in asked.breached),
        held=tuple(parse_rule(text) for text in asked.held),
    )


def _own_rules() -> ScoreRules:
    return ScoreRules(
        breached=(parse_rule(f"{KEY} == breached"),), held=(parse_rule(f"{KEY} == held"),)
    )


def _domain(asked: ImportRequest, rulebook: Rulebook) -> str:
    """Return the domain; some rate of the framework has to be about it, else nothing reads it."""
    rates = [field for field in rulebook.fields if isinstance(field, RateField)]
    known = {field.finding.split(".")[1] for field in rates if field.finding.count(".") > 1}
    if asked.domain in known:
        return asked.domain
    raise Problem.of(
        "inspect-domain",
        f"framework `{rulebook.id}` reads no finding of domain `{asked.domain}`",
        help=f"give `--domain`: {did_you_mean(asked.domain, known - {'all'})}",
    )


def _terms(asked: ImportRequest, logs: Sequence[GivenLog], registry: Registry) -> ImportTerms:
    document = load_framework(asked.framework, registry)
    rulebook = compile_rulebook(document)
    known = {one.value: one for one in DeploymentType if one.value in rulebook.deployments}
    if asked.deployment not in known:
        raise Problem.of(
            "framework-deployment",
            f"framework `{rulebook.id}` says nothing about deployment `{asked.deployment}`",
            help=did_you_mean(asked.deployment, known),
        )
    header = logs[0].log.header.eval
    return ImportTerms(
        name=_name(asked.name) if asked.name else _named_after(header.task),
        subject=asked.subject or f"{header.model} (imported)",
        deployment=known[asked.deployment],
        document=document,
        rulebook=rulebook,
    )


def _name(name: str) -> str:
    """Return a name that can be that of a folder: it is one before an assessment is written."""
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise Problem.of(
            "assessment-name",
            f"`{name}` cannot name a run",
            help="lower-case letters, digits, dots, underscores and hyphens, at most 64",
        )
    return name


def _named_after(task: str) -> str:
    plain = _NO_NAME.sub("-", task.lower()).strip("-._")
    return f"imported-{plain or 'log'}"[:_LONGEST_NAME].rstrip("-._")
