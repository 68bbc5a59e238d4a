"""How far a comparison carries: certificates that others check, and every reading of its scales."""
