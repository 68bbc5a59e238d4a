"""Where mappings are found: in the folder `mappings` beside `framework.yaml`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.frameworks.catalogue import framework_ids, framework_place, load_framework
from shipworthy.frameworks.common.mappings import FrameworkMapping, read_mapping
from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.frameworks.document import FrameworkDocument
from shipworthy.frameworks.language.compiler import compile_rulebook
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean
from shipworthy.records import Rulebook

FOLDER: Final = "mappings"


@dataclass(frozen=True, slots=True)
class Participant:
    """A framework that takes part, its compiled form, and its readings, the chosen one first."""

    document: FrameworkDocument
    rulebook: Rulebook
    readings: tuple[FrameworkMapping, ...]


def mappings_of(
    path_or_id: str | Path, rulebook: Rulebook, vocabulary: Vocabulary
) -> tuple[FrameworkMapping, ...]:
    """Read the mappings of a framework, by name; the first is the default reading.

    A framework that is a single file has none.

    Raises:
        Problem: every fault of every mapping (exit 2).
    """
    with framework_place(path_or_id) as place:
        folder = place / FOLDER
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        read: list[FrameworkMapping] = []
        faults: list[Diagnostic] = []
        for file in files:
            try:
                read.append(_read(file, rulebook, vocabulary))
            except Problem as problem:
                faults.extend(problem.diagnostics)
    if faults:
        raise Problem(faults)
    return tuple(read)


def choose(
    rulebook: Rulebook, mappings: tuple[FrameworkMapping, ...], wanted: str = ""
) -> FrameworkMapping:
    """Return the reading of that name; without a name, the default.

    Raises:
        Problem: `framework-mapping-unknown` when there is none.
    """
    if not mappings:
        raise Problem.of(
            "framework-mapping-unknown",
            f"`{rulebook.id}` has no mapping to the common vocabulary",
            help=f"write one in `{FOLDER}/` beside its `framework.yaml`",
        )
    found = next((one for one in mappings if not wanted or one.id == wanted), None)
    if found is None:
        raise Problem.of(
            "framework-mapping-unknown",
            f"`{rulebook.id}` has no reading `{wanted}`",
            help=did_you_mean(wanted, [one.id for one in mappings]),
        )
    return found


def _read(file: Path, rulebook: Rulebook, vocabulary: Vocabulary) -> FrameworkMapping:
    if file.suffix != ".yaml" or not file.is_file():
        raise Problem.of(
            "framework-unknown-file",
            f"`{file.name}` would not be read",
            location=Location(str(file)),
            help=f"`{FOLDER}/` holds one `.yaml` file a reading",
        )
    return read_mapping(file, rulebook, vocabulary)


def gather(
    names: Iterable[str],
    wanted: Mapping[str, str],
    vocabulary: Vocabulary,
    *,
    everything: bool = False,
) -> tuple[Participant, ...]:
    """Load frameworks by id or path, with their readings, the chosen one first.

    `wanted` names a reading by framework id. With `everything`, the library's frameworks that
    have a mapping take part after those that are named.

    Raises:
        Problem: `compare-few` for fewer than two frameworks, `compare-twice` for one that is named
            twice, `framework-mapping-unknown` for a reading that is not there, and all that
            reading raises.
    """
    found: dict[str, Participant] = {}
    for name in names:
        side = _participant(name, wanted, vocabulary)
        if side.document.id in found:
            raise Problem.of(
                "compare-twice",
                f"framework `{side.document.id}` is named twice",
                help="compare versions of one framework with `shipworthy framework diff`",
            )
        found[side.document.id] = side
    for name in framework_ids() if everything else ():
        side = _participant(name, wanted, vocabulary)
        if side.readings:
            found.setdefault(side.document.id, side)
    for name in wanted:
        if name not in found:
            raise Problem.of(
                "framework-mapping-unknown",
                f"a reading of `{name}` is chosen, which is not compared",
                help=did_you_mean(name, found),
            )
    if len(found) < 2:
        raise Problem.of(
            "compare-few",
            "a comparison needs at least two frameworks",
            help="name them, or write `--all`",
        )
    return tuple(found.values())


def _participant(name: str, wanted: Mapping[str, str], vocabulary: Vocabulary) -> Participant:
    document = load_framework(name)
    rulebook = compile_rulebook(document)
    readings = mappings_of(name, rulebook, vocabulary)
    if document.id in wanted:
        chosen = choose(rulebook, readings, wanted[document.id])
        readings = (chosen, *(one for one in readings if one is not chosen))
    return Participant(document, rulebook, readings)
