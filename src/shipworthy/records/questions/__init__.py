"""Questions that a plan registers: of the gate, over all submissions, and of one campaign."""
