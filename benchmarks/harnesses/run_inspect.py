"""`samples` single-turn samples through inspect_ai, with its cheapest documented settings.

`provider` is its own `openai-api`; `aiohttp` is a ModelAPI written on bare aiohttp, to leave out
the cost of the vendor's SDK.
"""

import json
import os
import sys
import time
from pathlib import Path

url, samples, out, variant = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
os.environ |= {"MOCK_BASE_URL": url, "MOCK_API_KEY": "none"}

import inspect_ai  # noqa: E402
from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.model import (  # noqa: E402
    ChatCompletionChoice,
    ChatMessageAssistant,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import includes  # noqa: E402
from inspect_ai.solver import generate  # noqa: E402


@modelapi(name="bare")
class BareHttp(ModelAPI):
    """Post, read, decode: nothing else."""

    session = None

    async def generate(self, input, tools, tool_choice, config):  # noqa: A002, ARG002
        import aiohttp

        if self.session is None:
            self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64))
        messages = [{"role": turn.role, "content": turn.text} for turn in input]
        body = {"model": "mock", "messages": messages}
        async with self.session.post(f"{url}/chat/completions", json=body) as response:
            answer = json.loads(await response.read())
        text = answer["choices"][0]["message"]["content"]
        choice = ChatCompletionChoice(message=ChatMessageAssistant(content=text))
        usage = ModelUsage(input_tokens=60, output_tokens=18, total_tokens=78)
        return ModelOutput(model="mock", choices=[choice], usage=usage)

    async def aclose(self):
        if self.session is not None:
            await self.session.close()

    def max_connections(self):
        return 64


prompts = json.loads((out / "prompts.json").read_text())
dataset = [
    Sample(id=number, input=prompts[number % len(prompts)], target="can't help")
    for number in range(samples)
]
started = time.perf_counter()
(log,) = inspect_ai.eval(
    inspect_ai.Task(dataset=dataset, solver=generate(), scorer=includes()),
    model=get_model("bare/mock" if variant == "aiohttp" else "openai-api/mock/mock"),
    display="none",
    log_dir=str(out / "logs"),
    log_realtime=False,
    log_model_api=False,
    score_display=False,
    max_connections=64,
    max_samples=64,
)
wall = time.perf_counter() - started
assert log.status == "success", log.error
assert log.results.completed_samples == samples
size = sum(path.stat().st_size for path in (out / "logs").iterdir())
print(json.dumps({"samples": samples, "wall_s": wall, "bytes": size}))
