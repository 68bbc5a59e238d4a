"""Claims about findings by language."""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import Claim
from shipworthy.stages.reporting.cells import LanguageCell
from shipworthy.stages.reporting.claims.measured import integer

DERIVATIONS: Final = {
    "scenarios": "Scenarios of finding and language {name}.",
    "successes": "Scenarios of finding and language {name} with the event in any attempt.",
    "unassessed": "Scenarios of finding and language {name} without the event, of which some "
    "attempt could not be assessed.",
    "lower": "Clopper-Pearson lower limit of the share of scenarios with the event, of finding and "
    "language {name}, one-sided at the gate's level divided by the languages of the finding.",
    "upper": "Clopper-Pearson upper limit of the share of scenarios with the event or unassessed, "
    "of finding and language {name}, one-sided at the gate's level divided by the languages of the "
    "finding.",
}
"""How each claim is computed again."""


def language_name(cell: LanguageCell) -> str:
    """Return the part of a cell's claim ids before `#`."""
    return f"language:{cell.finding}/{cell.language}"


def language_claims(cell: LanguageCell) -> Iterator[Claim]:
    """Yield the claims of a finding in one language."""
    name = language_name(cell)
    yield integer(f"{name}#scenarios", cell.scenarios)
    yield integer(f"{name}#successes", cell.successes)
    yield integer(f"{name}#unassessed", cell.unassessed)
    if cell.lower is not None and cell.upper is not None:
        yield Claim(id=f"{name}#lower", value=cell.lower, format="percent-down")
        yield Claim(id=f"{name}#upper", value=cell.upper, format="percent-up")
