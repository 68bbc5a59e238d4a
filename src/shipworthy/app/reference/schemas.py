"""JSON Schemas (draft 2020-12) of every record that is written down."""

import inspect
import json
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shipworthy.evidence import (
    Attested,
    Envelope,
    FactsDocument,
    ListedScenario,
    Manifest,
    Statement,
)
from shipworthy.frameworks.language import framework_schema
from shipworthy.instruments.scenarios import pack_schema
from shipworthy.records import (
    AnswerKey,
    Assessment,
    CalibrationCard,
    CampaignPlan,
    CanaryAnswer,
    Decision,
    Fact,
    Finding,
    Findings,
    Label,
    LogEntry,
    PairedFinding,
    QueueHeader,
    QueueItem,
    Rulebook,
    Scenario,
    SequentialFinding,
    SequentialQuestion,
    SignOff,
    StackFinding,
    Trial,
)
from shipworthy.records.live import ExchangeRecord
from shipworthy.records.live.confirmations import Confirmation, ConfirmationPlan, FieldTrial
from shipworthy.records.live.deployments import Deployment
from shipworthy.records.live.probes import ChainLine, ProbeOutcome
from shipworthy.records.risks.controls import ControlEvaluation
from shipworthy.stages.evaluating import Transcript
from shipworthy.stages.reporting import Document

FRAMEWORK: Final = "framework-document"
PACK: Final = "pack-document"
"""Names of the schemas of what people write; the others are of records that programs write."""

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_IDENTITY: Final = "https://shipworthy.dev/formats/{name}.schema.json"


@dataclass(frozen=True, slots=True)
class Format:
    """A record that is written down: the name of its schema, its type, and where it stands."""

    name: str
    kind: Any
    where: str

    @property
    def about(self) -> str:
        """The first paragraph that the record's own documentation gives."""
        text = inspect.getdoc(self.kind) if isinstance(self.kind, type) else ""
        return (text or "").partition("\n\n")[0]


FORMATS: Final = (
    Format("assessment", Assessment, "`assessment.toml`, as JSON"),
    Format("exchange", ExchangeRecord, "an entry of the log of a deployment"),
    Format("deployment", Deployment, "`deployment.toml`, as JSON"),
    Format("confirmation-plan", ConfirmationPlan, "`live/confirming/PLAN/plan.json`"),
    Format("field-trial", FieldTrial, "a line of `live/confirming/PLAN/trials/RUN.jsonl`"),
    Format("confirmation", Confirmation, "predicate of `live/confirmations/*.dsse.json`"),
    Format("canary-chain", ChainLine, "a line of `live/canaries/KEY/chain.jsonl`"),
    Format("canary-outcome", ProbeOutcome, "a line of `live/canaries/KEY/outcomes.jsonl`"),
    Format("plan", CampaignPlan, "`plan.json`"),
    Format("trial", Trial, "a line of `trials/RUN.jsonl`"),
    Format("answer-key", AnswerKey, "`canaries/keys/JUDGE.json`"),
    Format("canary-answer", CanaryAnswer, "a line of `canaries/answers/RUN.jsonl`"),
    Format("transcript", Transcript, "a line of `transcripts/RUN.jsonl`; never in a bundle"),
    Format("findings", Findings, "`findings.json`"),
    Format("finding", Finding, "inside `findings.json`"),
    Format("paired-finding", PairedFinding, "inside `findings.json`"),
    Format("stack-finding", StackFinding, "inside `findings.json`"),
    Format("sequential-finding", SequentialFinding, "inside `findings.json`"),
    Format("sequential-question", SequentialQuestion, "inside `plan.json`"),
    Format("rulebook", Rulebook, "`rulebook.json`"),
    Format("facts", FactsDocument, "`facts.json`"),
    Format("fact", Fact, "inside `facts.json` and `[[facts]]` of an assessment"),
    Format("decision", Decision, "`decision.json`"),
    Format("sign-off", SignOff, "predicate of `signoffs/*.dsse.json`"),
    Format("calibration-card", CalibrationCard, "`cards/JUDGE.json`"),
    Format("scenario", Scenario, "inside `scenarios.json`"),
    Format("scenarios", dict[str, ListedScenario], "`scenarios.json`, by scenario id"),
    Format("log-entry", LogEntry, "a line of `log/entries.jsonl` and `registry/entries.jsonl`"),
    Format("manifest", Manifest, "`bundle.json`"),
    Format("envelope", Envelope, "every `*.dsse.json`"),
    Format("statement", Statement, "payload of every envelope"),
    Format("attested", Attested, "predicate of the runner's statements"),
    Format("report", Document, "`report.json`"),
    Format(
        "label-queue",
        QueueHeader,
        "first line of `labels/queue.jsonl`; in a bundle where the plan registers a reading",
    ),
    Format("label-item", QueueItem, "further lines of `labels/queue.jsonl`"),
    Format("label", Label, "a line of `labels/readers/NAME.jsonl`"),
    Format(
        "control-evaluation",
        ControlEvaluation,
        "`evaluation` in what `shipworthy control test --to FILE` writes",
    ),
)
"""Every format, in the order of the pipeline."""


def schema_files() -> dict[str, str]:
    """Return the text of every schema by its path in the repository."""
    records = {
        one.name: _text(one.name, one.where, msgspec.json.schema(one.kind)) for one in FORMATS
    }
    written = {
        FRAMEWORK: _text(FRAMEWORK, "FRAMEWORK.yaml, every scalar a text", framework_schema()),
        PACK: _text(PACK, "pack.yaml and the files it lists, every scalar a text", pack_schema()),
    }
    return {
        f"spec/formats/{name}.schema.json": text for name, text in {**records, **written}.items()
    }


def _text(name: str, where: str, body: dict[str, Any]) -> str:
    schema = {
        "$schema": DRAFT,
        "$id": _IDENTITY.format(name=name),
        "$comment": f"Found as {where.replace('`', '')}.",
        **body,
    }
    return json.dumps(_tidy(schema), indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> Any:
    """Unindent descriptions and sort definitions, so that the text depends on the records alone."""
    match node:
        case dict():
            tidied = {key: _tidy(value) for key, value in node.items()}
            if isinstance(tidied.get("description"), str):
                tidied["description"] = inspect.cleandoc(tidied["description"])
            if isinstance(tidied.get("$defs"), dict):
                tidied["$defs"] = dict(sorted(tidied["$defs"].items()))
            return tidied
        case list():
            return [_tidy(value) for value in node]
        case _:
            return node
