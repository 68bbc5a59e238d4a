"""Deployment types, ordered by how far the model leaves the developer's hands."""

from enum import Enum


class DeploymentType(Enum):
    """Where the model goes. Moving to a later one re-opens every decision."""

    INTERNAL = "internal"
    LIMITED = "limited"
    CONTROLLED = "controlled"
    CLOSED_PRODUCT = "closed-product"
    API = "api"
    FINE_TUNING_API = "fine-tuning-api"
    OPEN_WEIGHTS = "open-weights"

    @property
    def rank(self) -> int:
        """Position in the order, 0 for internal use."""
        return list(DeploymentType).index(self)

    def exposes_at_least(self, other: "DeploymentType") -> bool:
        """Say whether this type exposes the model at least as far as `other`."""
        return self.rank >= other.rank

    @property
    def irreversible(self) -> bool:
        """Open weights cannot be taken back."""
        return self is DeploymentType.OPEN_WEIGHTS

    @property
    def adversary_may_fine_tune(self) -> bool:
        """Whether safeguards outside the weights can be trained away or bypassed."""
        return self in {DeploymentType.FINE_TUNING_API, DeploymentType.OPEN_WEIGHTS}
