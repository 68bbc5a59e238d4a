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

__all__ = [
    "DIALECTS",
    "ApiDialect",
    "Enforced",
    "ExchangeContent",
    "ExchangeRecord",
    "GuardVerdict",
    "Timing",
    "enforced_words",
]
