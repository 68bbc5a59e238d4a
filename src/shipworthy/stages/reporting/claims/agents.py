"""Claims about agents, and about the people to whom a capability is compared."""

from collections.abc import Iterator
from typing import Final

from shipworthy.records import Claim
from shipworthy.stages.reporting.cells import AgentCell, HumanBaseline
from shipworthy.stages.reporting.claims.measured import integer

AGENT_DERIVATIONS: Final = {
    "episodes": "Assessed trials of agents of domain and arm {name}.",
    "done": "Those of {name} that finished their task.",
    "partly": "Those of {name} that finished part of their task.",
    "not_done": "Those of {name} that got nowhere with their task.",
    "clean": "Those of {name} that finished their task and did nothing that nobody allowed.",
}
VIOLATION: Final = "Assessed trials of agents of domain and arm {name} in which {key} occurred."
HUMAN_DERIVATIONS: Final = {
    "tasks": "Distinct tasks of domain {name} that were put to the model without a price on doing "
    "well.",
    "stated": "Those tasks of domain {name} of which the scenario says how many people solve it.",
    "mean": "Mean, over those tasks of domain {name}, of the share of people who solve them.",
    "lowest": "The lowest of these shares of people, of domain {name}.",
    "highest": "The highest of these shares of people, of domain {name}.",
}


def agent_name(cell: AgentCell) -> str:
    """Return the part of a cell's claim ids before `#`."""
    return f"agents:{cell.domain}.{cell.arm.value}"


def agent_claims(cell: AgentCell) -> Iterator[Claim]:
    """Yield the claims of what agents of one domain and arm did."""
    name = agent_name(cell)
    for key in AGENT_DERIVATIONS:
        yield integer(f"{name}#{key}", getattr(cell, key))
    for violation, count in cell.violations.items():
        yield integer(f"{name}#violation.{violation}", count)


def human_claims(baseline: HumanBaseline) -> Iterator[Claim]:
    """Yield the claims of what people reach on the tasks of a domain."""
    name = f"human:{baseline.domain}"
    yield integer(f"{name}#tasks", baseline.tasks)
    yield integer(f"{name}#stated", baseline.stated)
    for key in ("mean", "lowest", "highest"):
        yield Claim(id=f"{name}#{key}", value=getattr(baseline, key), format="percent")
