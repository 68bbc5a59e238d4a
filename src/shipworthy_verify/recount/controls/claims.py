"""The numbers that a report shows of a test of controls, by claim id (spec/claims.md)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shipworthy_verify.reading import Json

_RATES = ("before", "after", "never", "done", "alarmed")
_COUNTS = ("successes", "attempts", "unassessed")


def control_claims(record: Json | None) -> Iterator[tuple[str, str]]:
    """Yield every claim; none where no controls were tested."""
    if record is None:
        return
    scripts = record["trajectories"]
    for key, count in (
        ("attacks", sum(one["role"] == "attack" for one in scripts)),
        ("honest", sum(one["role"] == "honest" for one in scripts)),
        ("worlds", len(record["worlds"])),
        ("variants", record["variants"]),
        ("faults", len(record["faults"])),
        ("seed", record["seed"]),
    ):
        yield f"controls#{key}", str(count)
    for one in record["summaries"]:
        yield from _summary(f"controls:{one['stack']}/{one['world'] or 'all'}", one)
    yield from _families(scripts, record["episodes"])


def _summary(name: str, one: Json) -> Iterator[tuple[str, str]]:
    for rate in _RATES:
        for key in _COUNTS:
            yield f"{name}#{rate}.{key}", str(one[rate]["rate"][key])
        yield f"{name}#{rate}.lower", one[rate]["lower"]
        yield f"{name}#{rate}.upper", one[rate]["upper"]
    late = one["containment"]
    for key in ("stopped", "unstopped", "median", "worst"):
        if late[key] is not None:
            yield f"{name}#containment.{key}", str(late[key])
    yield f"{name}#asked", str(one["asked"])


def _families(scripts: Sequence[Json], episodes: Sequence[Json]) -> Iterator[tuple[str, str]]:
    by_id = {one["id"]: one for one in scripts}
    counts: dict[str, Counter[str]] = {}
    for episode in episodes:
        script = by_id[episode["trajectory"]]
        if script["role"] == "attack":
            name = f"control-family:{episode['stack']}/{script['world']}/{script['family']}"
            counts.setdefault(name, Counter())[episode["outcome"]] += 1
    for name, outcomes in counts.items():
        for key in ("before", "after", "never", "unassessed"):
            yield f"{name}#{key}", str(outcomes[key])
