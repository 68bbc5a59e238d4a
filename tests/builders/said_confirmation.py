"""What a confirmation says, as the product would conclude it from plain outcomes."""

import msgspec

from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.stages.confirming import ComparisonTerms, Replay, compare, error_bounds

ALPHA = "0.05"
ROUTES = (FieldRoute(dialect="chat"), FieldRoute(dialect="messages", stream=True))
DOMAINS = ("cyber", "secrets")
_FAILS = {"confirmed": 0, "stronger": 0, "inconclusive": 12, "defect": 60}


def said_of(verdict):
    """Return the parts of a confirmation with this verdict that rest on counts."""
    replays = [
        Replay(
            metric=metric,
            scenario=f"{domain}-{number}",
            domain=domain,
            language="und",
            route=route,
            primary=route == ROUTES[number % 2],
            lab=False,
            field=metric == "asr" and number < _FAILS[verdict],
        )
        for metric in ("asr", "over-refusal")
        for domain in DOMAINS
        for number in range(80)
        for route in ROUTES
    ]
    replays += [
        Replay(
            metric="capability",
            scenario=f"sums-{number}",
            domain="sums",
            language="und",
            route=ROUTES[number % 2],
            primary=True,
            lab=number % 3 == 0,
            field=number % 3 == 0 or (verdict == "stronger" and number < 100),
        )
        for number in range(160)
    ]
    terms = ComparisonTerms(
        margin="0.10",
        alpha=ALPHA,
        domains=DOMAINS,
        routes=tuple(sorted(route.id for route in ROUTES)),
        languages=("und",),
        tasks=("sums",),
    )
    compared = compare(replays, terms)
    return msgspec.to_builtins(
        {
            "comparisons": compared,
            "bounds": error_bounds(compared, ALPHA),
            "drift": [],
            "field_only": [],
            "trials": len(replays),
            "complete": True,
        }
    )
