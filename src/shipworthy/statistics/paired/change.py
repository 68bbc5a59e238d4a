"""One-sided limits of a difference on the same scenarios: what frees is exact.

The upper limit is what Clopper and Pearson leave of both kinds of change, each at half the level,
so by Bonferroni it errs with the level at most, whatever the rates. The lower one is Tango's score
limit, which finds small differences better and errs about with the level.
"""

from shipworthy.statistics.counts import require_count
from shipworthy.statistics.exact import clopper_pearson_lower, clopper_pearson_upper
from shipworthy.statistics.paired.scores import tango_interval_with_unassessed
from shipworthy.statistics.paired.table import PairedTable


def change_upper(table: PairedTable, unassessed_pairs: int, alpha: float) -> float:
    """Upper limit of (rate before) - (rate after); errs with probability `alpha` at most.

    Unassessed pairs are taken as `before_only`. 1 without any pair.

    Raises:
        ValueError: for a negative count or a level outside (0, 1).
    """
    require_count("unassessed_pairs", unassessed_pairs)
    size = table.pairs + unassessed_pairs
    if not size:
        return 1.0
    more = clopper_pearson_upper(table.before_only + unassessed_pairs, size, alpha / 2)
    return more - clopper_pearson_lower(table.after_only, size, alpha / 2)


def change_lower(table: PairedTable, unassessed_pairs: int, alpha: float) -> float:
    """Tango's lower limit of (rate before) - (rate after), one-sided at `alpha`.

    Unassessed pairs are taken as `after_only`. -1 without any pair that is assessed.

    Raises:
        ValueError: for a negative count or a level outside (0, 0.5).
    """
    require_count("unassessed_pairs", unassessed_pairs)
    if not table.pairs:
        return -1.0
    return tango_interval_with_unassessed(table, unassessed_pairs, 1.0 - 2.0 * alpha).lower
