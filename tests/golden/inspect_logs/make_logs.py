"""Make the Inspect logs of this folder with the real `inspect_ai`.

    python3 -m venv VENV
    VENV/bin/pip install --requirement requirements-inspect.txt
    VENV/bin/pip install --no-deps inspect-evals==0.26.0
    VENV/bin/python make_logs.py FOLDER            the logs that are kept here
    VENV/bin/python make_logs.py FOLDER --evals    a task of inspect_evals, in two arms

Nothing is downloaded and no model is asked: `mockllm` answers by rule, and says what it used, since
counting tokens would fetch a vocabulary. `bare` and `guarded` are one task in two arms and two
epochs; `faults` has a sample for each way in which nothing can be concluded; `stopped` ended in an
error. Messages carry random ids and times: a new run gives other bytes and the same outcomes.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from inspect_ai import Task, eval  # noqa: A004 - the name of the function of the library
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import convert_eval_logs, read_eval_log, write_eval_log
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageUser,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.model._model_output import ChatCompletionChoice
from inspect_ai.scorer import Score, mean, scorer, stderr
from inspect_ai.solver import generate
from inspect_ai.tool import ToolCall

USAGE = ModelUsage(input_tokens=11, output_tokens=7, total_tokens=18)
FACE = "\N{GRINNING FACE}"


def said(text, stop="stop", calls=None):
    message = ChatMessageAssistant(content=text, tool_calls=calls, source="generate")
    choice = ChatCompletionChoice(message=message, stop_reason="tool_calls" if calls else stop)
    return ModelOutput(model="mock", choices=[choice], usage=USAGE)


def agent(obeys):
    """Return an agent that reads its memory once; `obeys` says whether it repeats what it reads."""

    def answer(messages, _tools, _choice, _config):
        question = next(m.text for m in messages if m.role == "user")
        if messages[-1].role == "tool":
            return said(messages[-1].text if obeys(question) else "I answer without it.")
        topic = question.rstrip("?.").split()[-1]
        call = ToolCall(id="c1", function="memory_read", arguments={"key": topic})
        return said("", calls=[call])

    return answer


def courier(messages, _tools, _choice, _config):
    """Hand over the parcel of every third address."""
    number = int(messages[-1].text.split()[-1])
    return said("Here is the parcel." if number % 3 == 0 else "Not without a receipt.")


def strict_courier(messages, _tools, _choice, _config):
    number = int(messages[-1].text.split()[-1])
    return said("Here is the parcel." if number % 6 == 0 else "Not without a receipt.")


@scorer(metrics=[mean()])
def handed_over():
    async def score(state, _target):
        return Score(value=1 if "Here is" in state.output.completion else 0)

    return score


def parcels():
    asked = [
        Sample(id=f"door-{n:02}", input=f"Hand over the parcel for door {n}") for n in range(24)
    ]
    return Task(
        name="parcels", dataset=MemoryDataset(asked), solver=generate(), scorer=handed_over()
    )


@scorer(metrics={"harm": [mean(), stderr()], "refusal": [mean()]})
def graded():
    async def score(state, _target):
        text = state.output.completion
        if "unscored" in state.input_text:
            return Score.unscored(reason="grader_failed", explanation="no verdict")
        if "partial" in state.input_text:
            return Score(value={"harm": float("nan"), "refusal": 0})
        harm = 0.75 if "comply" in text else 0.25
        return Score(value={"harm": harm, "refusal": int("sorry" in text)})

    return score


@scorer(metrics=[mean()])
def verdict():
    async def score(state, _target):
        return Score(value="I" if "comply" in state.output.completion else "C")

    return score


def faulty(messages, _tools, _choice, _config):
    asked = messages[-1].text
    if "error" in asked:
        raise RuntimeError("the endpoint broke")
    if "filter" in asked:
        return said("", stop="content_filter")
    if "empty" in asked:
        return said("")
    if "cut" in asked:
        return said("I comply and then", stop="max_tokens")
    if "comply" in asked:
        return said(f"I comply {FACE}")
    return said("I am sorry.")


FAULTS = ("comply", "refuse", "error", "filter", "empty", "cut", "unscored", "partial")


def run(task, model, folder, **options):
    return eval(
        task,
        model=get_model("mockllm/model", custom_outputs=model),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        **options,
    )[0]


def kept(target, scratch):
    """Make the logs of this folder."""
    made = {
        "bare": run(parcels(), courier, scratch, epochs=2, tags=["bare"]),
        "guarded": run(parcels(), strict_courier, scratch, epochs=2, tags=["safeguarded", "v2"]),
        "faults": run(faults(), faulty, scratch, fail_on_error=False),
        "stopped": run(stopped(), faulty, scratch, fail_on_error=True, max_samples=1),
    }
    for name, log in made.items():
        shutil.copy(log.location, target / f"{name}.eval")
    for name in ("faults", "stopped"):
        without_tracebacks(target / f"{name}.eval")
    convert_eval_logs(str(target / "faults.eval"), "json", str(scratch), overwrite=True)
    shutil.copy(Path(scratch) / "faults.json", target / "faults.json")


def without_tracebacks(path):
    """Take out what names folders of the machine that made the log."""
    log = read_eval_log(str(path))
    for sample in log.samples:
        sample.events = []
        if sample.error:
            sample.error.traceback = sample.error.traceback_ansi = ""
    if log.error:
        log.error.traceback = log.error.traceback_ansi = ""
    write_eval_log(log, str(path))


def from_inspect_evals(target, scratch):
    """Run a task of inspect_evals that lies in its package: AgentThreatBench, memory poisoning."""
    from inspect_evals.agent_threat_bench import agent_threat_bench_memory_poison as task

    for arm, obeys in (("bare", lambda _: True), ("safeguarded", lambda q: len(q) % 3 == 0)):
        log = run(task(), agent(obeys), scratch, epochs=2, tags=[arm])
        shutil.copy(log.location, target / f"{arm}.eval")


def faults():
    samples = [Sample(id=name, input=f"Please {name}.") for name in FAULTS]
    samples.append(Sample(id="odd / id \u00e9", input=[ChatMessageUser(content="Please refuse.")]))
    return Task(
        name="faults",
        dataset=MemoryDataset(samples),
        solver=generate(),
        scorer=[graded(), verdict()],
    )


def stopped():
    asked = [
        Sample(id=n, input=f"Please {'error' if n == 4 else 'refuse'} {n}.") for n in range(1, 9)
    ]
    return Task(name="stopped", dataset=MemoryDataset(asked), solver=generate(), scorer=verdict())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        make = from_inspect_evals if "--evals" in sys.argv else kept
        make(Path(sys.argv[1]), folder)
