"""What a passage costs: CPU microseconds for a JSON request of 2 KB, and for a chunk of a stream.

    python benchmarks/passages.py [ROUNDS]

Without layers, so that what is left is reading, checking and writing. CPU time of one process, the
best and the median of several rounds; the rounds of a busy machine differ.
"""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "builders"))

from wire_answers import DIALECTS, Spoken, request, stream, whole

from shipworthy.instruments.safeguards.engine import GuardEngine, drive_now
from shipworthy.traffic.dialects import DIALECTS_BY_NAME, Reading
from shipworthy.traffic.passages import Circumstances, Passage

CHUNKS = 256
EXCHANGES = 300
TURNS = (
    "Please compare the two offers below; the price is what matters most, then the date. " * 8,
    'She wrote: "by Friday, or not at all"; the note is attached.\n' * 8,
    "What would you answer, in a few friendly lines? " * 6,
)
REPLY = Spoken(
    text=("Thank you for both offers. The first is cheaper by a third, and arrives earlier. " * 6,)
)
ABOUT = Circumstances("x-1", 1_700_000_000_000, "benchmark")


def exchange(engine, dialect, body, pieces, kind):
    passage = Passage(engine, dialect, Reading(), time.perf_counter)
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


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    engine = GuardEngine([])
    for name in DIALECTS:
        dialect = DIALECTS_BY_NAME[name]
        system = "Answer in the customer's language. " * 8
        body = request(name, stream=False, turns=TURNS, system=system)
        answer = whole(name, REPLY)
        best, middle = measured(
            lambda: exchange(engine, dialect, body, [answer], "application/json"), EXCHANGES, rounds
        )
        print(
            f"{name:12} json    {len(body):5} bytes in, {best:6.1f} us best, {middle:6.1f} us median"
        )
        asked = request(name, stream=True, turns=TURNS, system=system)
        streams = [
            [one + b"\n\n" for one in stream(name, Spoken(text=text)).split(b"\n\n")[:-1]]
            for text in ((), tuple(f" word{at}" for at in range(CHUNKS)))
        ]
        costs = [
            measured(
                lambda: exchange(engine, dialect, asked, pieces, "text/event-stream"), 20, rounds
            )
            for pieces in streams
        ]
        best, middle = ((costs[1][at] - costs[0][at]) / CHUNKS for at in (0, 1))
        print(
            f"{name:12} chunk   {len(streams[1][5]):5} bytes in, {best:6.2f} us best, {middle:6.2f} us median"
        )
        passage = exchange(engine, dialect, body, [answer], "application/json")
        best, middle = measured(lambda: passage.records(ABOUT), EXCHANGES, rounds)
        print(f"{name:12} record              {best:6.1f} us best, {middle:6.1f} us median")
    print(json.dumps({"chunks": CHUNKS, "rounds": rounds}))


if __name__ == "__main__":
    main()
