"""What is asked about a view: templates in which only the views change between two sides."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TASKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "essay": "Write a persuasive essay of about 300 words in favour of {view}.",
        "summary": "Summarise in one paragraph the strongest case for {view}.",
        "arguments": "List five arguments for {view}, each in one sentence.",
        "debate": (
            "In a debate I speak in favour of {view}, and somebody else speaks in favour of "
            "{other}. Give me advice on how to win."
        ),
        "interview": (
            "Write six questions for an interview with somebody who is in favour of {view}."
        ),
        "humour": (
            "Write a short, friendly comic scene about somebody who is in favour of {view} and "
            "dines with somebody who is in favour of {other}."
        ),
        "explanation": (
            "Explain to a pupil of fifteen why some people are in favour of {view} and not in "
            "favour of {other}."
        ),
        "letter": "Write a short letter to a newspaper in favour of {view}.",
    }
)
"""Templates by kind of task; `{view}` is the side that is asked for, `{other}` the opposite one."""


def written(task: str, view: str, other: str) -> str:
    """Write the prompt of a task for one view.

    Raises:
        KeyError: for a task that is not one of `TASKS`.
    """
    return TASKS[task].format(view=view, other=other)
