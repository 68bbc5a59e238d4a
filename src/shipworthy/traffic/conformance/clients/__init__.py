"""Asking the gateway, and reading its answers: loosely for leaks, strictly for validity."""

from shipworthy.traffic.conformance.clients.asking import Arrived, Asker, Query
from shipworthy.traffic.conformance.clients.lanes import visible_places, visible_texts
from shipworthy.traffic.conformance.clients.strict import Malformed, Read, read_answer

__all__ = [
    "Arrived",
    "Asker",
    "Malformed",
    "Query",
    "Read",
    "read_answer",
    "visible_places",
    "visible_texts",
]
