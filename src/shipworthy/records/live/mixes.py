"""Where a monitor stands with what it watches beside rates: the mix of traffic, and clusters."""

from shipworthy.kernel import Record


class DriftStanding(Record, frozen=True, kw_only=True, tag="drift-standing"):
    """One feature of the mix.

    Attributes:
        feature: which one, as alarms name it.
        reference: windows of the calibration period so far, of `wanted`; nothing is compared before
            there are enough.
        period: number of the comparison with the calibration period, the first is 1; 0 before.
        windows: live windows that were compared in this period.
        distance: total variation between both so far, a decimal string; empty before there is any.
        raised: whether a drift was raised in this period.
    """

    feature: str
    reference: int
    wanted: int
    period: int = 0
    windows: int = 0
    distance: str = ""
    raised: bool = False


class ClusterStanding(Record, frozen=True, kw_only=True, tag="cluster-standing"):
    """Accounts that send like texts: how many clusters, and never whose.

    Attributes:
        exchanges: how many were looked at.
        begun: clusters that were ever begun; later ones need more evidence.
        kept: clusters that are still known.
        largest: accounts in the largest of them.
        named: clusters that raised an alarm.
    """

    exchanges: int = 0
    begun: int = 0
    kept: int = 0
    largest: int = 0
    named: int = 0
