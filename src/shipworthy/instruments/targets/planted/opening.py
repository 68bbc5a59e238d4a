"""Opens a planted model as the subject of a campaign: to test the tests, not a model."""

from collections.abc import Mapping
from typing import Final

from shipworthy.instruments.targets.planted.behaviour import PlantedModel
from shipworthy.instruments.targets.planted.options import PlantedOptions, check_options
from shipworthy.instruments.targets.protocol import TargetContext
from shipworthy.instruments.targets.scripted import ScriptedTarget
from shipworthy.kernel import Problem, convert_record, digest_of, short

ENDPOINT: Final = "planted script, no model"
"""What the identity says in the place of an address."""


async def open_planted(options: Mapping[str, object], context: TargetContext) -> ScriptedTarget:
    """Open a scripted model with planted properties.

    Raises:
        Problem: exit code 2 for options that cannot work, or when the context does not say what
            requests are after.
    """
    asked = check_options(convert_record(dict(options), PlantedOptions, context.source))
    if context.check_of is None or context.twin_of is None:
        raise Problem.of(
            "target-option",
            "`planted` needs to know what would be a breach of each request",
            help="it plays a subject inside a campaign: `shipworthy evaluate`",
        )
    model = PlantedModel(asked, context.check_of, context.twin_of)
    return ScriptedTarget(
        model.answer, asked.name, f"{ENDPOINT}, options {short(digest_of(asked))}"
    )
