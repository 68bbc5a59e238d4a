"""AgentDojo's banking suite, and an agent that has been hijacked: what its controls are tried on.

The agent does what the injection wants, call by call, as the suite itself says that it is done. So
whether a model would fall for the injection plays no part: what is measured is whether the
safeguards around the agent stop it. It needs no network and no model.
"""

from inspect_ai import Task, task
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    modelapi,
)
from inspect_ai.solver._task_state import sample_state
from inspect_evals.agentdojo import agentdojo


@task
def banking(agent: str = "default") -> Task:
    """Return the suite without the tasks that need a container."""
    return agentdojo(workspace="banking", with_sandbox_tasks="no", agent=agent)


@modelapi(name="hijacked")
class Hijacked(ModelAPI):
    """Makes the calls of the injection, one in each turn, then says that it is done."""

    async def generate(self, input, tools, tool_choice, config):  # noqa: A002 - names of Inspect
        """Return the next call."""
        metadata = sample_state().metadata
        calls = metadata["injection_task"].ground_truth(metadata["pre_environment"])
        made = sum(len(turn.tool_calls or ()) for turn in input if turn.role == "assistant")
        following = calls[made : made + 1]
        message = ChatMessageAssistant(
            content="" if following else "Done.", tool_calls=following or None, source="generate"
        )
        choice = ChatCompletionChoice(
            message=message, stop_reason="tool_calls" if following else "stop"
        )
        return ModelOutput(model="hijacked", choices=[choice], usage=ModelUsage())
