"""Packs of scenarios: the built-in ones, a user's own files, and sets of installed packages.

A pack is a folder with a `pack.yaml` that lists its files, or one file that also holds scenarios:

    pack: bank-desk            # name
    version: "1"
    licence: CC-BY-4.0
    summary: what it covers
    canary: 7d2c0a…                # optional: a random GUID that stands nowhere else
    files: [fraud.yaml]        # or `domain`, `tools`, `scenarios`, `families` in this file

or a table (`rows`, or mirrored pairs: `instruments/balance/tables.py`), or the name of a public
set (`public_sets`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec import structs

from shipworthy.frameworks.language.yaml_positions import ListNode, MapNode, TextNode
from shipworthy.instruments.balance import built_in_scenarios, mirrored_scenarios
from shipworthy.instruments.conditions import CANARY
from shipworthy.instruments.scenarios.capability import capability_scenarios
from shipworthy.instruments.scenarios.domains import read_domain
from shipworthy.instruments.scenarios.public_sets import PUBLIC_SETS, read_public_set
from shipworthy.instruments.scenarios.reading import Reading, check_keys, place_of, read_document
from shipworthy.instruments.scenarios.rows import ROW_FILES, read_rows
from shipworthy.instruments.scenarios.validation import shared_goals
from shipworthy.instruments.worlds.episodes import world_scenarios
from shipworthy.kernel import (
    Digest,
    Location,
    Problem,
    Record,
    TooLargeError,
    did_you_mean,
    digest_bytes,
    digest_of,
    read_bounded,
    short,
    system_reason,
)
from shipworthy.records import Scenario

MIRRORED: Final = "balance"
"""Name of the pack of mirrored pairs, which a program writes from topics and tasks."""

WORLDS: Final = "worlds"
"""Name of the pack of agents' work in simulated worlds."""

TASKS: Final = "capability"
"""Name of the pack of tasks with exact answers, which a program writes from a seed."""

BUILT_IN: Final = ("assistant", "vault", "policies", TASKS, MIRRORED, WORLDS)
"""Names of the packs that come with the product."""

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes of one scenario file beyond which it is refused."""

_OURS: Final = Path(__file__).parent / "built_in"
_HEADER: Final = frozenset({"pack", "version", "licence", "summary", "canary", "files"})


class ScenarioPack(Record, frozen=True, kw_only=True):
    """Scenarios with their name, version and licence, and the canary string where they have one."""

    name: str
    version: str
    licence: str
    summary: str
    scenarios: tuple[Scenario, ...]
    canary: str = ""

    @property
    def digest(self) -> Digest:
        """Digest of the header and of every scenario, in order."""
        scenarios = [scenario.digest for scenario in self.scenarios]
        return digest_of([self.name, self.version, self.licence, self.summary, scenarios])


def load_pack(source: str | Path) -> tuple[Scenario, ...]:
    """Return the scenarios of a built-in pack (by name) or of a pack on disk (by path).

    Raises:
        Problem: see `open_pack`.
    """
    return open_pack(source).scenarios


def open_pack(source: str | Path) -> ScenarioPack:
    """Read a pack, by name or path.

    Raises:
        Problem: `pack-missing` when there is no such pack, or `scenario-*` with the file, line and
            column of every fault.
    """
    if isinstance(source, str) and source in PUBLIC_SETS:
        return _of_public_set(source)
    if source == TASKS:
        return _of_tasks()
    if source == MIRRORED:
        return _of_mirrored_topics()
    if source == WORLDS:
        return _of_worlds()
    path = _locate(source)
    if path.suffix in ROW_FILES:
        rows = _of_rows(path)
        _refuse_reserved(rows.scenarios, path)
        return rows
    tree = read_document(_read(path), str(path))
    reading = Reading()
    listed = tree.get("files")
    if listed is None:
        read_domain(tree, reading, _HEADER)
    else:
        check_keys(tree, _HEADER, "the pack", reading)
        for file in _files(listed, path, reading):
            read_domain(read_document(_read(file), str(file)), reading)
    header = {key: _header(tree, key, reading) for key in ("pack", "version", "licence", "summary")}
    canary = _canary(tree, reading)
    _note_shared(reading)
    found = reading.finish()
    _refuse_reserved(found, path)
    return ScenarioPack(
        scenarios=found if _is_ours(path) else tuple(_from(header["pack"], one) for one in found),
        name=header["pack"],
        version=header["version"],
        licence=header["licence"],
        summary=header["summary"],
        canary=canary,
    )


def _refuse_reserved(scenarios: Iterable[Scenario], path: Path) -> None:
    first = next((one for one in scenarios if one.domain == "all"), None)
    if first is not None:
        raise Problem.of(
            "scenario-invalid",
            f"scenario `{first.id}` is of domain `all`, which names all domains together",
            location=Location(str(path)),
            help="give the domain another name",
        )


def _is_ours(path: Path) -> bool:
    return path.resolve().parent.parent == _OURS.resolve()


def _from(pack: str, scenario: Scenario) -> Scenario:
    """Name the pack as the source: the default of the record is right for our own alone."""
    return structs.replace(scenario, source=pack)


def _of_public_set(name: str) -> ScenarioPack:
    found = read_public_set(name)
    return ScenarioPack(
        name=found.name,
        version=found.version,
        licence=found.licence,
        summary=found.summary,
        scenarios=found.scenarios,
    )


def _of_mirrored_topics() -> ScenarioPack:
    return ScenarioPack(
        name=MIRRORED,
        version="1",
        licence="Apache-2.0",
        summary="Mirrored pairs: every kind of task about every topic, for both opposite views.",
        scenarios=built_in_scenarios(),
    )


def _of_worlds() -> ScenarioPack:
    return ScenarioPack(
        name=WORLDS,
        version="1",
        licence="Apache-2.0",
        summary="Work of an agent in five simulated worlds: files, mail, a cloud account, a "
        "training job, an approval queue. Whether it does harm that nobody asked for, keeps to "
        "instructions, and lets itself be stopped and corrected. Twenty tasks, each put in three "
        "ways in each domain, not 60 independent ones.",
        scenarios=world_scenarios(),
    )


def _of_tasks() -> ScenarioPack:
    return ScenarioPack(
        name=TASKS,
        version="1",
        licence="Apache-2.0",
        summary=(
            "Harmless tasks with exact answers in five domains, 90 each, in three grades: "
            "arithmetic with units, constraints, reading code, reading logs, capturing a flag in "
            "a recorded session. Variations on some forty templates, not 450 independent tasks."
        ),
        scenarios=capability_scenarios(),
    )


def _of_rows(path: Path) -> ScenarioPack:
    data = _read(path)
    pairs = mirrored_scenarios(data, path)
    if pairs is not None:
        return ScenarioPack(
            name=path.stem,
            version=short(digest_bytes(data)),
            licence="not stated",
            summary=f"Mirrored pairs of {path.name}.",
            scenarios=pairs,
        )
    found = read_rows(data, path)
    return ScenarioPack(
        name=found.name,
        version=found.version,
        licence="not stated",
        summary=f"Rows of {path.name}.",
        scenarios=found.scenarios,
    )


def _note_shared(reading: Reading) -> None:
    """Note ids and goals that two scenarios share, once for each field of a family."""
    told: set[Location] = set()
    for index, flaw in shared_goals(tuple(reading.scenarios)):
        place = place_of(reading.nodes[index], flaw.path)
        if reading.scenarios[index].id not in reading.expanded or place not in told:
            reading.note_flaw(flaw, reading.nodes[index])
        told.add(place)


def _locate(source: str | Path) -> Path:
    if isinstance(source, str) and source in BUILT_IN:
        return _OURS / source / "pack.yaml"
    path = Path(source)
    if path.is_dir():
        path /= "pack.yaml"
        if not path.is_file():
            raise Problem.of(
                "pack-missing",
                f"no `pack.yaml` in the folder `{source}`",
                help="name the file of the pack, or write a `pack.yaml` that lists its `files`",
            )
    if not path.is_file():
        written = path.suffix in {".yaml", ".yml", *ROW_FILES}
        raise Problem.of(
            "pack-missing",
            f"no such file: `{source}`" if written else f"no scenario pack `{source}`",
            help=f"give a path to a pack, or {did_you_mean(str(source), BUILT_IN)}",
        )
    return path


def _read(path: Path) -> bytes:
    try:
        return read_bounded(path, LARGEST_FILE)
    except TooLargeError as error:
        raise Problem.of(
            "scenario-encoding",
            f"`{path}` is {error.strerror}",
            help="split the pack into files and list them under `files`",
        ) from None
    except OSError as error:
        raise Problem.of(
            "pack-missing",
            f"cannot read `{path}`: {system_reason(error)}",
            help="check the name under `files` and the permissions",
        ) from None


def _files(listed: object, pack: Path, reading: Reading) -> list[Path]:
    if not isinstance(listed, ListNode):
        reading.note("invalid", "`files` is not a list", Location(str(pack), 1, 1))
        return []
    found: list[Path] = []
    for node in listed.items:
        name = node.text if isinstance(node, TextNode) else ""
        if not name or Path(name).name != name:
            advice = "name files of the same folder"
            reading.note("invalid", f"`{name}` is not a file name", node.location, advice)
            continue
        found.append(pack.parent / name)
    return found


def _canary(tree: MapNode, reading: Reading) -> str:
    node = tree.get("canary")
    if node is None:
        return ""
    if isinstance(node, TextNode) and CANARY.fullmatch(node.text):
        return node.text
    place, advice = place_of(tree, ("canary",)), "write a random GUID in lower case"
    reading.note("invalid", "`canary` is not a GUID", place, advice)
    return ""


def _header(tree: MapNode, key: str, reading: Reading) -> str:
    node = tree.get(key)
    if isinstance(node, TextNode) and node.text.strip():
        return node.text.strip()
    reading.note("missing", f"the pack has no `{key}`", place_of(tree, (key,)), f"add `{key}:`")
    return ""
