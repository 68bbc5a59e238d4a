"""How hard the abilities of a model are sought, by who could do as much after deployment."""

from enum import Enum

from shipworthy.vocabulary.deployments import DeploymentType


class Elicitation(Enum):
    """What an evaluation did to get an ability out of the model."""

    BASE = "base"
    """Prompts alone."""
    TOOLS = "tools-and-scaffold"
    """Tools, scaffolding and a budget such as a user of the deployment could bring."""
    FINE_TUNING = "fine-tuning"
    """Training on the domain, without refusals."""


def elicitation_due(deployment: DeploymentType) -> tuple[Elicitation, ...]:
    """Return what is due, by who gets at the model.

    Whoever reaches the product may put tools and a scaffold around it; where the adversary may
    train, an evaluation that did not is no upper bound. Source: Meta, Advanced AI Scaling
    Framework 2, on elicitation by deployment; we ask for tools from limited deployment on, where
    the text begins with products.
    """
    due = [Elicitation.BASE]
    if deployment.exposes_at_least(DeploymentType.LIMITED):
        due.append(Elicitation.TOOLS)
    if deployment.adversary_may_fine_tune:
        due.append(Elicitation.FINE_TUNING)
    return tuple(due)
