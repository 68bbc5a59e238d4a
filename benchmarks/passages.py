"""What a passage costs: CPU microseconds for a JSON request of 2 KB, and for a chunk of a stream.

    python benchmarks/passages.py [ROUNDS]

Without layers, so that what is left is reading, checking and writing. CPU time of one process, the
best and the median of several rounds; the rounds of a busy machine differ.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from shipworthy.instruments.safeguards.engine import GuardEngine, drive_now
from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Reading
from shipworthy.traffic.passages import Circumstances, Passage
from wire_answers import DIALECTS, Spoken, request, stream, whole

READING = Reading()
CHUNKS = 256
EXCHANGES = 300
TURNS = (
    "Please compare the two offers below; the price is what matters most, then the date. " * 8,
    'She wrote: "by Friday, or not at all"; the note is attached.\n' * 8,
    "What would you answer, in a few friendly lines? " * 6,
)
SYSTEM = "Answer in the customer's language. " * 8
REPLY = Spoken(
    text=("Thank you for both offers. The first is cheaper by a third, and arrives earlier. " * 6,)
)
ABOUT = Circumstances("x-1", 1_700_000_000_000, "benchmark")


def exchange(engine, dialect, body, pieces, kind):
    passage = Passage(engine, dialect, READING, time.perf_counter)
    drive_now(passage.ask(body))
    passage.begin_reply(200, kind)
    for piece in pieces:
        passage.take(piece)
    drive_now(passage.finish())
    return passage


def cost(run, times):
    begun = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - begun) / times * 1e6


def measured(run, times, rounds):
    run()
    found = [cost(run, times) for _ in range(rounds)]
    return min(found), statistics.median(found)


def show(name, what, figures, note=""):
    best, middle = figures
    print(f"{name:12} {what:7} {best:7.2f} us best, {middle:7.2f} us median  {note}")


def json_cost(name, engine, rounds):
    dialect = DIALECTS_BY_NAME[name]
    body = request(name, stream=False, turns=TURNS, system=SYSTEM)
    run = partial(exchange, engine, dialect, body, [whole(name, REPLY)], "application/json")
    show(name, "json", measured(run, EXCHANGES, rounds), f"{len(body)} bytes asked")
    show(name, "record", measured(partial(run().records, ABOUT), EXCHANGES, rounds))


def chunk_cost(name, engine, rounds):
    """Show what a chunk adds: a stream with many, less one without any."""
    dialect = DIALECTS_BY_NAME[name]
    body = request(name, stream=True, turns=TURNS, system=SYSTEM)
    costs = []
    for text in ((), tuple(f" word{at}" for at in range(CHUNKS))):
        pieces = [one + b"\n\n" for one in stream(name, Spoken(text=text)).split(b"\n\n")[:-1]]
        run = partial(exchange, engine, dialect, body, pieces, "text/event-stream")
        costs.append(measured(run, 20, rounds))
    added = [(costs[1][at] - costs[0][at]) / CHUNKS for at in (0, 1)]
    show(name, "chunk", added)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    engine = GuardEngine([])
    for name in DIALECTS:
        json_cost(name, engine, rounds)
        chunk_cost(name, engine, rounds)
    print(f"{CHUNKS} chunks a stream, {rounds} rounds")


if __name__ == "__main__":
    main()
