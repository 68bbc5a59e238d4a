"""Threat models: who could do what with a model, by which steps, and what stands in the way."""

from shipworthy.kernel import Record


class Barrier(Record, frozen=True, kw_only=True):
    """What makes a step hard for the actor, apart from the model.

    `until` is the day (ISO 8601) until which it is expected to hold; empty where nobody says. A
    barrier of today may fall after a release that cannot be taken back.
    """

    step: str
    barrier: str
    until: str = ""


class ThreatModel(Record, frozen=True, kw_only=True):
    """Who acts, with what, by which steps; `barriers` are at the steps that are bottlenecks."""

    actor: str
    resources: str
    path: tuple[str, ...]
    barriers: tuple[Barrier, ...] = ()
