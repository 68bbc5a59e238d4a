"""Every simulated procedure, in the order of `docs/statistics.md`."""

from simulations import balances, gates, judging, labels, naming, pairs, rates, repeating, watching
from simulations.promises import Procedure

PROCEDURES: tuple[Procedure, ...] = (
    *rates.PROCEDURES,
    *judging.PROCEDURES,
    *labels.PROCEDURES,
    *pairs.PROCEDURES,
    *gates.PROCEDURES,
    *naming.PROCEDURES,
    *repeating.PROCEDURES,
    *balances.PROCEDURES,
    *watching.PROCEDURES,
)
NAMED = {procedure.name: procedure for procedure in PROCEDURES}
