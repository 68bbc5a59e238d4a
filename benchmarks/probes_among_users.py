"""How well a deployment could tell replays and probes from the ordinary messages around them.

    python benchmarks/probes_among_users.py

A small campaign is replayed, and watched, over real HTTP; a naive Bayes classifier then learns from
what arrived (`tests/builders/telling_apart.py`). Printed is the area under its curve on requests
that it did not learn from: 0.5 is guessing, 1 is certainty. `bare fillers` are ordinary messages
without the frame of a replay, as they were sent at first. The gaps of a watch are those that its
key draws, for 3,000 probes.
"""

import asyncio
import random
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from field_campaign import (
    deployed_path,
    laboratory,
    open_tested,
    surroundings,
    write_deployment,
)
from shipworthy.app.live.canaries.watching import WatchTerms, watch
from shipworthy.app.live.confirming.confirming import confirm
from shipworthy.app.live.confirming.preparing import Prepared
from shipworthy.app.live.filler import filler_messages
from shipworthy.records.live.confirmations import FieldRoute
from shipworthy.records.live.probes import Probe
from shipworthy.stages.confirming import Sending, draw_cover, draw_probe
from shipworthy.vocabulary import Message, Request
from telling_apart import area, envelope, repeated, said, wording, words

ORDINARY = frozenset(filler_messages(None))
ROUTES = 'routes = ["chat", "chat.stream.tools", "messages.stream", "responses"]'


def bare(prepared: Prepared, sending: Sending) -> Request:
    text = prepared.fillers[sending.filler % len(prepared.fillers)]
    return Request(messages=(Message(role="user", content=text),), seed=sending.filler)


def figures(run: str, prompt: str) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        shutil.copytree(laboratory(), work)
        with deployed_path(work) as path:
            path.defects.identity = None
            file = write_deployment(work, path.url, extra=ROUTES, prompt=prompt)
            text = file.read_text()
            file.write_text(text.replace("hundred = 20", "hundred = 100"))
            tested = open_tested(work, file)
            if run == "confirm":
                asyncio.run(confirm(tested, surroundings()))
            else:
                terms = WatchTerms(per_hour=400_000, hours=0.0008, baseline="0.02")
                asyncio.run(watch(tested, terms, surroundings()))
            bodies, headers = path.bodies, path.headers
    labels = [said(body) not in ORDINARY for body in bodies]
    seen = [envelope(*one) for one in zip(bodies, headers, strict=True)]
    alone = {name: area([{name: one[name]} for one in seen], labels) for name in seen[0]}
    worst = max(alone, key=lambda name: alone[name])
    return {
        "requests": len(labels),
        "replays": sum(labels),
        "envelope": area(seen, labels),
        f"most telling alone: {worst}": alone[worst],
        "same words seen before": area(repeated(bodies, said), labels),
        "length of what is said": area([wording(body) for body in bodies], labels),
        "words": area([words(body) for body in bodies], labels),
    }


def gaps(per_hundred: int, probes: int = 3000) -> float:
    """Tell probes from cover by the time since the request before and to the one after."""
    key, routes = bytes(range(32)), (FieldRoute(dialect="chat"),)
    pool = [Probe(scenario="s", domain="d", attack="a", twin="b", has_tools=False)]
    events, now = [], 0.0
    for number in range(1, probes + 1):
        drawn = draw_probe(key, number, pool, routes)
        at = [now + drawn.gap * drawn.early, now + drawn.gap]
        events += [(one, True) for one in at]
        cover = draw_cover(key, number, per_hundred, routes)
        events += [(now + drawn.gap * one.at, False) for one in cover]
        now += drawn.gap
    events.sort()
    times = [one for one, _ in events]
    seen = [
        {"before": times[n] - times[n - 1], "after": times[n + 1] - times[n]}
        for n in range(1, len(times) - 1)
    ]
    labels = [is_probe for _, is_probe in events[1:-1]]
    picked = sorted(random.Random(1).sample(range(len(labels)), min(len(labels), 3000)))
    return area([seen[n] for n in picked], [labels[n] for n in picked])


def main() -> None:
    began = time.process_time()
    kept = Prepared.ordinary
    for run in ("confirm", "watch"):
        for prompt in ("sent", "deployment"):
            for name, ordinary in (("bare fillers", bare), ("framed fillers", kept)):
                Prepared.ordinary = ordinary  # type: ignore[method-assign]
                found = figures(run, prompt)
                shown = ", ".join(f"{key} {value:.3g}" for key, value in found.items())
                print(f"{run}, prompt {prompt}, {name}: {shown}")
    for per_hundred in (50, 100, 300):
        print(f"gaps of a watch, {per_hundred} messages a hundred: {gaps(per_hundred):.3f}")
    print(f"CPU {time.process_time() - began:.0f} s")


if __name__ == "__main__":
    main()
