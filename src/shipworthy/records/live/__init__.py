"""What deployment leaves behind: exchanges with their verdicts, confirmations, alarms."""

from shipworthy.records.live.exchanges import (
    DIALECTS,
    ApiDialect,
    Enforced,
    ExchangeContent,
    ExchangeRecord,
    GuardVerdict,
    Timing,
    enforced_words,
)
from shipworthy.records.live.reopenings import (
    ACTIONS,
    REOPENED_BY,
    ConfirmationVerdict,
    MonitoringSummary,
    ReopenedBy,
    Reopening,
    ReopeningAction,
)

__all__ = [
    "ACTIONS",
    "DIALECTS",
    "REOPENED_BY",
    "ApiDialect",
    "ConfirmationVerdict",
    "Enforced",
    "ExchangeContent",
    "ExchangeRecord",
    "GuardVerdict",
    "MonitoringSummary",
    "ReopenedBy",
    "Reopening",
    "ReopeningAction",
    "Timing",
    "enforced_words",
]
