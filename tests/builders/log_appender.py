"""A writer of a log in a process of its own, which a test may kill at any moment.

Prints the number of each entry once it was acknowledged.
"""

import asyncio
import json
import sys

from shipworthy.traffic.logs import Entry, open_writer


async def main(kind, options, tasks):
    writer = await open_writer(kind, options)

    async def append(task):
        number = 0
        while True:
            await writer.append([Entry(f"key-{task}", f"{task}:{number}".encode() * 20)])
            print(f"{task}:{number}", flush=True)
            number += 1

    await asyncio.gather(*(append(task) for task in range(tasks)))


if __name__ == "__main__":
    kind, options, tasks = json.loads(sys.argv[1])
    asyncio.run(main(kind, options, tasks))
