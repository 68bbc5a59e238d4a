"""Where mappings are found: in the folder `mappings` beside `framework.yaml`."""

from pathlib import Path
from typing import Final

from shipworthy.frameworks.catalogue import framework_place
from shipworthy.frameworks.common.mappings import FrameworkMapping, read_mapping
from shipworthy.frameworks.common.vocabulary import Vocabulary
from shipworthy.kernel import Diagnostic, Location, Problem, did_you_mean
from shipworthy.records import Rulebook

FOLDER: Final = "mappings"


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
