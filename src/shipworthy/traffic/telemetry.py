"""Records of exchanges as OpenTelemetry events: one table of names, both ways.

Names that are read stand in `sources/otlp/names.py`; those that are only written stand here. Where
the conventions have no name, ours begin with `shipworthy.`: what a layer said and what was done
about it are two attributes, since the conventions' own proposal for guardrails is not settled.

A record comes back through `sources/otlp` as the exchange that it was, without its verdict: what
other people's layers said is not ours to vouch for, so no reader takes a verdict from the wire.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from shipworthy.records.live import ApiDialect, ExchangeRecord
from shipworthy.traffic.sources.otlp import names
from shipworthy.vocabulary import LayerAction, Message, ToolCall

EVALUATION: Final = "gen_ai.evaluation.result"
"""The event of one layer's opinion."""

EVALUATION_NAME: Final = "gen_ai.evaluation.name"
EVALUATION_LABEL: Final = "gen_ai.evaluation.score.label"
EVALUATION_WHY: Final = "gen_ai.evaluation.explanation"
PROVIDER: Final = "gen_ai.provider.name"
STATUS: Final = "http.response.status_code"
ENGINE: Final = "shipworthy.guard.engine"
ENFORCED: Final = "shipworthy.guard.enforced"
DETECTED: Final = "shipworthy.guard.detected_by"
ERRORED: Final = "shipworthy.guard.errored"
DEPLOYMENT: Final = "shipworthy.deployment"
DIALECT: Final = "shipworthy.dialect"
CHOICE: Final = "shipworthy.choice"
TABLE: Final = "shipworthy.telemetry.table"
"""Which table of names an export follows."""

OPERATIONS: Final[dict[ApiDialect, str]] = {
    "chat": "chat",
    "completions": "text_completion",
    "responses": "chat",
    "messages": "chat",
}
PROVIDERS: Final[dict[ApiDialect, str]] = {
    "chat": "openai",
    "completions": "openai",
    "responses": "openai",
    "messages": "anthropic",
}
"""The provider whose wire format was spoken; who runs the model is not known here."""

_DEBUG: Final = 5
_SEVERITY: Final = {"passed": 9, "flagged": 13, "withheld": 13, "rewrote": 13, "errored": 17}
_PER_MS: Final = 1_000_000
_encode: Final = msgspec.json.Encoder().encode


def export_request(records: Iterable[ExchangeRecord], service: str) -> bytes:
    """Write records as one request of OTLP over HTTP, in JSON (`/v1/logs`)."""
    logs = [event for record in records for event in log_records(record)]
    resource = {"attributes": _attributes({"service.name": service, TABLE: names.VERSION})}
    scoped = [{"scope": {"name": "shipworthy.gateway"}, "logRecords": logs}]
    return _encode({"resourceLogs": [{"resource": resource, "scopeLogs": scoped}]})


def log_records(record: ExchangeRecord) -> Iterator[dict[str, Any]]:
    """Yield the log records of one exchange: its details, then each layer's opinion."""
    yield _log(record, names.DETAILS, _DEBUG, _details(record))
    for action in record.verdict.actions:
        held = _opinion(record, action)
        yield _log(record, EVALUATION, _SEVERITY[action.action], held)


def _details(record: ExchangeRecord) -> dict[str, Any]:
    verdict, sampling = record.verdict, record.sampling
    held: dict[str, Any] = {
        names.OPERATION: OPERATIONS[record.dialect],
        PROVIDER: PROVIDERS[record.dialect],
        names.RESPONSE_ID: record.id,
        names.REQUEST_MODEL: record.model,
        names.RESPONSE_MODEL: record.answered_by,
        names.CONVERSATION: record.conversation,
        names.STREAM: record.stream,
        names.TEMPERATURE: float(sampling.temperature),
        names.TOP_P: float(sampling.top_p),
        names.MAX_TOKENS: sampling.max_tokens,
        names.FINISH_REASONS: [record.finish] if record.finish else [],
        names.INPUT_TOKENS: record.usage.prompt_tokens,
        names.OUTPUT_TOKENS: record.usage.completion_tokens,
        names.USERS[0]: record.account,
        STATUS: record.status,
        DEPLOYMENT: record.deployment,
        DIALECT: record.dialect,
        CHOICE: record.choice,
        ENGINE: verdict.engine,
        ENFORCED: verdict.enforced,
        DETECTED: list(verdict.detected_by),
        ERRORED: list(verdict.errored),
    }
    if verdict.enforced == "failed":
        held[names.ERROR] = verdict.why or "failed"
    for content in record.content:
        held[names.INPUT] = [_message(turn) for turn in content.messages]
        held[names.OUTPUT] = [_answer(record, content.text, content.reasoning, content.tool_calls)]
    return {key: value for key, value in held.items() if value not in ("", [])}


def _opinion(record: ExchangeRecord, action: LayerAction) -> dict[str, Any]:
    held = {
        EVALUATION_NAME: action.layer,
        EVALUATION_LABEL: action.action,
        EVALUATION_WHY: action.detail,
        names.RESPONSE_ID: record.id,
        names.ERROR: "layer-failed" if action.action == "errored" else "",
    }
    return {key: value for key, value in held.items() if value}


def _message(turn: Message) -> dict[str, Any]:
    calls = () if isinstance(turn.tool_calls, msgspec.UnsetType) else turn.tool_calls
    if turn.role == "tool":
        parts: list[dict[str, Any]] = [{"type": "tool_call_response", "response": turn.content}]
    else:
        parts = [{"type": "text", "content": turn.content}, *map(_call, calls)]
    return {"role": turn.role, "parts": parts}


def _answer(
    record: ExchangeRecord, text: str, reasoning: str, calls: tuple[ToolCall, ...]
) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    if reasoning:
        parts.append({"type": "reasoning", "content": reasoning})
    parts += [{"type": "text", "content": text}, *map(_call, calls)]
    return {"role": "assistant", "parts": parts, "finish_reason": record.finish}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_call", "name": call.name, "arguments": call.arguments}


def _log(record: ExchangeRecord, name: str, severity: int, held: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeUnixNano": str(record.at_ms * _PER_MS),
        "severityNumber": severity,
        "eventName": name,
        "attributes": _attributes(held),
    }


def _attributes(held: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in held.items()]


def _value(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": value}
        case list():
            return {"arrayValue": {"values": [_value(one) for one in value]}}
        case dict():
            return {"kvlistValue": {"values": _attributes(value)}}
        case _:
            raise TypeError(f"{type(value).__name__} is no attribute")
