"""A reader of a log in a process of its own, which a test may kill or stop at any moment.

Prints what it reads, a JSON line a poll. With `wait`, it commits only when a line comes in,
prints what became of that, leaves the group and ends.
"""

import asyncio
import json
import sys

from shipworthy.kernel import Problem
from shipworthy.traffic.logs import open_reader


def say(**what):
    print(json.dumps(what), flush=True)


async def main(kind, options, group, mode):
    reader = await open_reader(kind, options, group)
    while True:
        found = await reader.poll(20, 0.2)
        if not found:
            continue
        say(read=[[one.partition, one.offset, one.body.decode()] for one in found])
        if mode == "wait":
            await asyncio.to_thread(sys.stdin.readline)
        try:
            await reader.commit({one.partition: one.offset + 1 for one in found})
        except Problem as problem:
            say(refused=problem.diagnostics[0].code)
        else:
            say(committed=True)
        if mode == "wait":
            return await reader.close()


if __name__ == "__main__":
    kind, options, group, mode = json.loads(sys.argv[1])
    asyncio.run(main(kind, options, group, mode))
