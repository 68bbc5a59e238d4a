"""What layers did in the field: from the deployment's own log, else from a refusal's words.

The log is read and no part of the request is marked: a replay is found again by the id that its
answer carries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from shipworthy.instruments.safeguards import Layer
from shipworthy.instruments.targets.field import PATH_HOLDER, FieldAnswer
from shipworthy.kernel import Digest
from shipworthy.records.live import ExchangeRecord
from shipworthy.vocabulary import LayerAction, Reply

Source = Literal["log", "text", "none"]


@dataclass(frozen=True, slots=True)
class Known:
    """An answer with what is known of the layers behind it."""

    answer: FieldAnswer
    source: Source
    engine: Digest = ""
    prompt: Digest = ""
    """Digest of the system turns that reached the model, as the log says; empty without."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What tells which layer held: refusals of the tested stack, and records of the log by id."""

    refusals: Mapping[str, tuple[str, ...]]
    """Text of a refusal to the layers of the tested stack that use it."""
    records: Mapping[str, ExchangeRecord] = field(default_factory=dict)

    def of(self, answer: FieldAnswer) -> Known:
        """Return the answer as one that names its holder, where that is known."""
        reply = answer.reply
        record = self.records.get(answer.exchange) if answer.exchange else None
        if record is not None:
            verdict = record.verdict
            layers = verdict.actions
            if isinstance(reply, Reply):
                held = verdict.enforced in {"withheld", "halted"}
                finish = "withheld" if held else reply.finish
                told = replace(reply, layers=layers, finish=finish)
                if held and not told.withheld_by:
                    told = replace(told, layers=(*layers, _held(PATH_HOLDER)))
                answer = _with(answer, told)
            return Known(answer, "log", verdict.engine, record.system_prompt)
        if not isinstance(reply, Reply):
            return Known(answer, "none")
        names = self.refusals.get(reply.text.strip(), ())
        if not names:
            return Known(answer, "none")
        holder = names[0] if len(names) == 1 else PATH_HOLDER
        told = replace(reply, finish="withheld", layers=(_held(holder),))
        return Known(_with(answer, told), "text" if len(names) == 1 else "none")


def refusals_of(layers: Sequence[Layer]) -> Mapping[str, tuple[str, ...]]:
    """Return the refusals of a stack, each with the layers that use it."""
    found: dict[str, tuple[str, ...]] = {}
    for layer in layers:
        if layer.enforcement.mode == "enforce":
            text = layer.enforcement.refusal.strip()
            found[text] = (*found.get(text, ()), layer.enforcement.name)
    return found


def _held(layer: str) -> LayerAction:
    return LayerAction(layer=layer, action="withheld", detail="told by what came back")


def _with(answer: FieldAnswer, reply: Reply) -> FieldAnswer:
    return FieldAnswer(
        reply=reply,
        complete=answer.complete,
        served=answer.served,
        exchange=answer.exchange,
        retries=answer.retries,
    )
