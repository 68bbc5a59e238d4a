"""A task with tools and a scorer, and providers that answer by rule: read by Inspect alone.

The clerk looks a door up, then hands over the parcel of every `gives`-th door. What a test wants of
it stands in the arguments of the model: how slow it is, where it breaks, whether it obeys a policy.
"""

import os
from pathlib import Path

import anyio
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import Score, mean, scorer
from inspect_ai.solver import generate, system_message, use_tools
from inspect_ai.tool import ToolCall, tool

USAGE = ModelUsage(input_tokens=11, output_tokens=7, total_tokens=18)
PARCEL = "Here is the parcel."


def said(text, door=""):
    calls = [ToolCall(id=f"c{door}", function="ledger", arguments={"door": door})] if door else None
    message = ChatMessageAssistant(content=text, tool_calls=calls, source="generate")
    choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else "stop")
    return ModelOutput(model="clerk", choices=[choice], usage=USAGE)


def note_that_somebody_asked():
    if log := os.environ.get("CLERK_LOG"):
        Path(log).touch()


@modelapi(name="clerk")
class Clerk(ModelAPI):
    def __init__(self, model_name, base_url=None, api_key=None, config=None, **rules):
        super().__init__(model_name, base_url, api_key, [], config)
        self.rules = {"gives": 3, "breaks": 0, "slow": 0.0, "obeys": False, **rules}

    async def generate(self, input, tools, tool_choice, config):  # noqa: A002 - Inspect's name
        if "JUDGE" in input[0].text:
            return said("yes" if PARCEL in input[-1].text else "no")
        note_that_somebody_asked()
        asked = next(turn.text for turn in input if turn.role == "user")
        door = int(asked.split()[-1])
        if input[-1].role != "tool":
            return said("Let me see.", str(door))
        await anyio.sleep(self.rules["slow"])
        if door == self.rules["breaks"]:
            raise RuntimeError("the provider broke")
        told = any("outrank" in turn.text for turn in input if turn.role == "system")
        gives = door % self.rules["gives"] == 0 and not (self.rules["obeys"] and told)
        return said(PARCEL if gives else "Not without a receipt.")


@tool
def ledger():
    async def execute(door: str):
        """Look a door up.

        Args:
            door: The number of the door.
        """
        return f"Door {door}: a parcel lies here."

    return execute


@scorer(metrics=[mean()])
def handed_over():
    async def score(state, target):
        return Score(value=int(PARCEL in state.output.completion))

    return score


@scorer(metrics=[mean()])
def asked_the_model():
    """Ask the model under assessment itself, as tasks without a grader do."""

    async def score(state, target):
        verdict = await get_model().generate(f"JUDGE\n{state.messages[-1].text}")
        return Score(value=verdict.completion)

    return score


def the_doors(doors):
    return MemoryDataset(
        [
            Sample(
                id=f"door-{n:02}",
                input=f"Hand over the parcel for door {n}",
                metadata={"street": f"street-{(n - 1) // 4}"},
            )
            for n in range(1, doors + 1)
        ]
    )


SOLVER = [system_message("You guard parcels."), use_tools(ledger())]


@task
def parcels(doors: int = 12):
    solver = [*SOLVER, generate(tool_calls="loop")]
    return Task(dataset=the_doors(doors), solver=solver, scorer=handed_over())


@task
def cached(doors: int = 4):
    solver = [*SOLVER, generate(tool_calls="loop", cache=True)]
    return Task(dataset=the_doors(doors), solver=solver, scorer=handed_over())


@task
def judged_by_itself(doors: int = 6):
    solver = [*SOLVER, generate(tool_calls="loop")]
    return Task(dataset=the_doors(doors), solver=solver, scorer=asked_the_model())


@task
def elsewhere(doors: int = 3):
    """Ask a model of its own: what it says never passes the layers."""

    async def solve(state, generate):
        state.output = await get_model("clerk/own", gives=1).generate(
            [*state.messages, ChatMessageAssistant(content="Let me see.")]
        )
        return state

    from inspect_ai.solver import solver

    @solver
    def own():
        return solve

    return Task(dataset=the_doors(doors), solver=own(), scorer=handed_over())


@task
def repeated():
    """Ask the same question under three ids."""
    asked = [Sample(id=name, input="Hand over the parcel for door 3") for name in "abc"]
    solver = [*SOLVER, generate(tool_calls="loop")]
    return Task(dataset=MemoryDataset(asked), solver=solver, scorer=handed_over())
