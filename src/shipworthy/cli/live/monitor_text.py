"""How a monitor stands, in words for a terminal and as a document."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from shipworthy.cli.output.streams import plain
from shipworthy.kernel import did_you_mean, timestamp

if TYPE_CHECKING:
    from shipworthy.app.live.monitoring.running import Evaluated
    from shipworthy.app.live.monitoring.standing import MonitorStanding, StandingAlarm
    from shipworthy.records.live.alarms import BandFinding
    from shipworthy.records.live.mixes import ClusterStanding, DriftStanding
    from shipworthy.records.live.probes import ReplayStanding, WatchStanding

_OF_LAYERS: Final = ("detected.", "errored.")
_ANSWERS: Final = {
    0: "every band is shown to be kept",
    1: "an alarm stands, or a band is left",
    3: "too little is known",
    4: "a watch with sealed probes, or a confirmation, was altered",
}


def standing_lines(standing: "MonitorStanding") -> Iterator[str]:
    """Yield how a monitor stands: the answer first, then bands, alarms and what is missing."""
    yield f"monitor {standing.name} of {standing.deployment}: {_ANSWERS[standing.exit_code.value]}"
    totals = standing.totals
    yield (
        f"exchanges  {totals.exchanges}, unreadable {totals.unreadable}, "
        f"read again {totals.again}{_between(standing.span)}"
    )
    if not standing.bands:
        yield "bands  none: nothing says what is accepted, so nothing is shown"
    for band in standing.bands:
        yield _band(band)
        if standing.metrics and band.band.metric.startswith(_OF_LAYERS) and not band.requests:
            layers = [one for one in standing.metrics if one.startswith(_OF_LAYERS)]
            near = did_you_mean(band.band.metric, layers)
            yield f"      nothing is counted in it; {near or 'no layer was asked'}"
    yield from _beside(standing)
    if standing.alarms:
        yield "alarms"
        for alarm in standing.alarms:
            yield from _alarm(alarm)
    yield "counts (requests, events, without an outcome)"
    for metric, (requests, events, open_) in standing.metrics.items():
        yield f"  {metric}  {requests}, {events}, {open_}"
    for wider in standing.widened:
        yield f"widened  {plain(wider)}"
    if standing.doubts:
        yield f"in doubt  events of {', '.join(standing.doubts)}, and no band accepts any"
    for place, why in standing.unreadable:
        yield f"  unreadable  {plain(place)}: {plain(why)}"


def standing_document(standing: "MonitorStanding") -> dict[str, Any]:
    """Return how a monitor stands as a document."""
    totals = standing.totals
    return {
        "monitor": standing.name,
        "deployment": standing.deployment,
        "engine": standing.engine,
        "answer": _ANSWERS[standing.exit_code.value],
        "exchanges": totals.exchanges,
        "unreadable": totals.unreadable,
        "read_again": totals.again,
        "begun_at": {str(one): at for one, at in standing.begun.items()},
        "from": _moment(standing.span[0]) if standing.span else "",
        "until": _moment(standing.span[1]) if standing.span else "",
        "bands": standing.bands,
        "widened": standing.widened,
        "watches": standing.watches,
        "replays": standing.replays,
        "drift": standing.drift,
        "clusters": standing.clusters,
        "alarms": [
            {"alarm": one.alarm, "incident": one.incident, "action": one.action, "open": one.open}
            for one in standing.alarms
        ],
        "counts": {
            metric: {"requests": requests, "events": events, "unassessed": open_}
            for metric, (requests, events, open_) in standing.metrics.items()
        },
        "unreadable_at": [{"place": place, "why": why} for place, why in standing.unreadable],
    }


def event_lines(evaluated: "Evaluated") -> Iterator[str]:
    """Yield what an evaluation found new, one line each."""
    for one in evaluated.followed:
        named = f", incident {one.incident}" if one.incident else ""
        yield f"alarm of {one.metric}: {one.action}{named}"


def _band(band: "BandFinding") -> str:
    return (
        f"band  {band.band.metric}  {band.place}: between {band.lower} and {band.upper}, accepted "
        f"up to {band.band.upper} ({band.band.source}), {band.requests} requests"
    )


def _beside(standing: "MonitorStanding") -> Iterator[str]:
    """Yield what is watched beside rates, and what of it is not."""
    if standing.begun:
        yield (
            f"begun  when the first entries of {len(standing.begun)} partitions were no longer "
            "kept: what was there is in no figure"
        )
    for watch in standing.watches:
        yield from _watch(watch)
    for replays in standing.replays:
        yield from _replays(replays)
    for drift in standing.drift:
        yield _drift(drift)
    if standing.clusters:
        yield _clusters(standing.clusters)
    for unwatched, name in ((not standing.drift, "drift"), (not standing.clusters, "clusters")):
        if unwatched:
            yield f"{name}  not watched: the monitor file has no table `[{name}]`"


def _watch(watch: "WatchStanding") -> Iterator[str]:
    yield (
        f"probes  {watch.key}: {watch.promised} promised, {watch.caught} caught, "
        f"{watch.missed} missed, {watch.unknown} unknown, {watch.alarms} alarms of the watch"
    )
    if watch.recall_lower:
        yield (
            f"      recall between {watch.recall_lower} and {watch.recall_upper}, each at "
            f"{watch.alpha} (Clopper-Pearson; unknown is missed below and caught above)"
        )
    yield (
        f"      {watch.excluded} exchanges are theirs and counted in no rate of traffic "
        f"({watch.late} after detectors had been fed), {watch.refused} reached no layer, "
        f"{watch.awaited} awaited, {watch.unnamed} without a name"
    )
    for doubt in watch.doubts:
        named = plain(doubt.exchange)
        yield f"      doubt: probe {doubt.number} names exchange `{named}`, and {doubt.why}"
    if watch.doubted > len(watch.doubts):
        yield f"      and {watch.doubted - len(watch.doubts)} more"
    for why in watch.altered:
        yield f"      altered: {plain(why)}"
    if watch.blocked:
        yield f"      not joined: {plain(watch.blocked)}"


def _replays(one: "ReplayStanding") -> Iterator[str]:
    if one.altered:
        yield f"replays  {one.key or 'of a confirmation'}: altered: {plain(one.altered)}"
        return
    yield (
        f"replays  {one.key}: try {one.number} of {one.planned} replays; with the messages among "
        f"them {one.named} name their exchange, {one.unnamed} do not"
    )
    yield (
        f"      {one.excluded} exchanges are theirs and counted in no rate of traffic "
        f"({one.late} after detectors had been fed), {one.refused} reached no layer, "
        f"{one.awaited} awaited, {one.before} from before all that was counted"
    )
    for doubt in one.doubts:
        named, trial = plain(doubt.exchange), plain(doubt.trial)
        yield f"      doubt: `{trial}` names exchange `{named}`, and {doubt.why}"
    if one.doubted > len(one.doubts):
        yield f"      and {one.doubted - len(one.doubts)} more"
    if one.blocked:
        yield f"      not joined: {plain(one.blocked)}"


def _drift(one: "DriftStanding") -> str:
    if not one.period:
        return f"drift  {one.feature}  calibrating: {one.reference} of {one.wanted} windows"
    found = ", raised" if one.raised else ""
    distance = f"distance {one.distance}" if one.distance else "nothing compared"
    return f"drift  {one.feature}  {distance} in {one.windows} windows, period {one.period}{found}"


def _clusters(one: "ClusterStanding") -> str:
    return (
        f"clusters  {one.kept} of {one.begun} kept, the largest of {one.largest} accounts, "
        f"{one.named} named, by {one.exchanges} exchanges"
    )


def _alarm(one: "StandingAlarm") -> Iterator[str]:
    alarm = one.alarm
    state = "open" if one.open else "closed"
    yield f"  {_moment(alarm.at_ms)}  {alarm.kind} of {alarm.metric}: {plain(alarm.why)}"
    if alarm.since:
        since = alarm.since
        yield (
            f"      since {_moment(since.change_ms)} at least {since.lower}, "
            f"{since.estimate} counted"
        )
    if one.action:
        named = f"incident {one.incident} ({state})" if one.incident else "no decision is at stake"
        yield f"      {one.action}, {named}"


def _between(span: tuple[int, int] | None) -> str:
    return f", {_moment(span[0])} to {_moment(span[1])}" if span else ""


def _moment(at_ms: int) -> str:
    return timestamp(datetime.fromtimestamp(at_ms / 1000, UTC))
