"""Steps 1 to 5: the bytes are those that were signed, and the log says when."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from shipworthy_verify.reading import (
    Json,
    Refused,
    digest,
    is_digest,
    is_time,
    merkle_root,
    read_base64,
    read_json,
    read_lines,
)
from shipworthy_verify.signatures import open_checkpoint, open_statement

SCHEMA: Final = "shipworthy/bundle/1"
MANIFEST: Final = "bundle.json"
SIGNED: Final = "bundle.dsse.json"
RUNNER: Final = "runner"
FIXED: Final = (
    "assessment.toml",
    "decision.json",
    "facts.json",
    "findings.json",
    "log/checkpoint",
    "log/entries.jsonl",
    "plan.json",
    "registry/checkpoint",
    "registry/entries.jsonl",
    "report.html",
    "report.json",
    "rulebook.json",
    "scenarios.json",
)
FOLDERS: Final = re.compile(
    r"(cards/[^/]+\.json|trials/[^/]+\.jsonl|(statements|signoffs)/[^/]+\.dsse\.json"
    r"|labels/queue\.jsonl|labels/readers/[^/]+\.jsonl"
    r"|canaries/keys/[^/]+\.json|canaries/answers/[^/]+\.jsonl|controls\.(json|toml)"
    r"|live/(confirmations|incidents|reopenings|monitoring)/[^/]+\.dsse\.json"
    r"|live/probes/[^/]+/([^/]+\.dsse\.json|(chain|outcomes)\.jsonl|(pool|revealed)\.json))"
)
REGISTRY: Final = "shipworthy.dev/registry"
"""Origin line of the registry's checkpoints."""
LARGEST: Final = 1 << 30
"""Bytes of a file beyond which it is not read: a million trials are less."""
DEEPEST: Final = 4
"""Folders within folders beyond which nothing is looked for."""
ENTRIES: Final = {
    "plan-registered": {"type", "plan", "at"},
    "run-started": {"type", "plan", "run", "at"},
    "run-ended": {"type", "plan", "run", "how", "trials", "root", "at"}
    | {"canaries", "canaries_root"},
    "statement": {"type", "kind", "envelope", "at"},
    "queue-registered": {"type", "plan", "queue", "at"},
    "labels-registered": {"type", "plan", "readers", "at"},
    "controls-tested": {"type", "plan", "record", "at"},
    "confirmation-logged": {
        *("type", "plan", "confirmation", "deployment", "verdict", "expires_at", "at")
    },
    "incident-logged": {"type", "plan", "incident", "number", "event", "envelope", "at"},
    "decision-reopened": {"type", "plan", "decision", "cause", "action", "to", "incident", "by"}
    | {"envelope", "at"},
    "monitoring-logged": {"type", "plan", "monitoring", "since", "until", "exchanges"}
    | {"unassessed", "alarms", "at"},
}
SUBJECTS: Final = {
    "plan": {"plan.json"},
    "findings": {"findings.json"},
    "decision": {"decision.json", "facts.json", "rulebook.json"},
    "report": {"report.html", "report.json"},
}
"""Kind of statement to the files that it has to be about."""

Refuse = Callable[[str, str], None]


@dataclass(slots=True)
class Bundle:
    """The bytes of a bundle, and what the steps have learnt of it."""

    files: dict[str, bytes]
    odd: list[tuple[str, str]]
    trusted: tuple[str, ...]
    earlier: bytes | None
    manifest: Json = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    runner: str = ""
    entries: list[Json] = field(default_factory=list)
    standing: str = ""
    agreed: bool = False
    because: str = ""
    read: dict[str, Any] = field(default_factory=dict)
    recounted: Any = None

    def data(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            Refused: `SV-FILE-MISSING`.
        """
        if path not in self.files:
            raise Refused("SV-FILE-MISSING", f"`{path}` is missing")
        return self.files[path]

    def json(self, path: str) -> Any:
        """Return a file as canonical JSON."""
        if path not in self.read:
            self.read[path] = read_json(self.data(path), path)
        return self.read[path]

    def lines(self, path: str) -> list[tuple[bytes, Json]]:
        """Return the canonical lines of a file and their values."""
        if path not in self.read:
            self.read[path] = read_lines(self.files[path], path)
        found: list[tuple[bytes, Json]] = self.read[path]
        return found

    def under(self, folder: str, ending: str) -> dict[str, str]:
        """Return the files of a folder: name without ending, to path."""
        return {
            path.removeprefix(folder).removesuffix(ending): path
            for path in sorted(self.files)
            if path.startswith(folder) and path.endswith(ending)
        }

    def logged(self, kind: str) -> list[Json]:
        """Return the log entries of a type."""
        return [entry for entry in self.entries if entry["type"] == kind]

    @property
    def plan_digest(self) -> str:
        """Digest of the plan file."""
        return digest(self.files.get("plan.json", b""))


def load(folder: Path, trusted: Iterable[str], earlier: bytes | None) -> Bundle:
    """Read every file under a folder into memory.

    Raises:
        OSError: the folder or a file cannot be read.
    """
    files: dict[str, bytes] = {}
    odd: list[tuple[str, str]] = []
    waiting = [("", str(folder))]
    while waiting:
        prefix, current = waiting.pop()
        for entry in sorted(os.scandir(current), key=lambda found: found.name):
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if name.count("/") < DEEPEST:
                    waiting.append((f"{name}/", entry.path))
                else:
                    odd.append(("SV-FILE-UNKNOWN", f"`{name}` has no place in a bundle"))
            elif not entry.is_file(follow_symlinks=False):
                odd.append(("SV-FILE-LINK", f"`{name}` is a link or no regular file"))
            elif entry.stat(follow_symlinks=False).st_size > LARGEST:
                odd.append(("SV-FILE-SIZE", f"`{name}` is larger than {LARGEST} bytes"))
            else:
                files[name] = Path(entry.path).read_bytes()
    return Bundle(files, odd, tuple(trusted), earlier)


def check_manifest(bundle: Bundle, refuse: Refuse) -> str:
    """1. The manifest is canonical JSON of the known schema."""
    manifest = bundle.json(MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise Refused("SV-MANIFEST", f"`{MANIFEST}` does not follow `{SCHEMA}`")
    listed = manifest["files"]
    if set(manifest) != {"schema", "files", "keys", "report"} or not all(
        is_digest(value) for value in listed.values()
    ):
        raise Refused("SV-MANIFEST", f"`{MANIFEST}` does not follow `{SCHEMA}`")
    if manifest["report"] != sorted(SUBJECTS["report"]):
        refuse("SV-MANIFEST", "the manifest names other reports than `report.html`, `report.json`")
    bundle.manifest = manifest
    return f"{len(listed)} files, {len(manifest['keys'])} keys"


def check_files(bundle: Bundle, refuse: Refuse) -> str:
    """2. What is listed is there with its digest, and nothing else is there."""
    listed = bundle.manifest["files"]
    for path in sorted({*listed, *FIXED} - set(bundle.files)):
        refuse("SV-FILE-MISSING", f"`{path}` is missing")
    for path in sorted(set(bundle.files) - set(listed) - {MANIFEST, SIGNED}):
        refuse("SV-FILE-UNLISTED", f"`{path}` is not in the manifest")
    for path in sorted(path for path in {*listed} - {*FIXED} if not FOLDERS.fullmatch(path)):
        refuse("SV-FILE-UNKNOWN", f"`{path}` has no place in a bundle")
    for code, message in bundle.odd:
        refuse(code, message)
    for path in sorted(set(listed) & set(bundle.files)):
        if digest(bundle.files[path]) != listed[path]:
            refuse("SV-FILE-DIGEST", f"`{path}` has other bytes than the manifest says")
    return f"{sum(map(len, bundle.files.values()))} bytes"


def check_keys(bundle: Bundle, refuse: Refuse) -> str:
    """3. Key ids match, the one runner key signed the manifest, pinned keys match."""
    runners = []
    for name, key in bundle.manifest["keys"].items():
        public = read_base64(key["public"], f"key `{name}`")
        if digest(public) != key["keyid"]:
            refuse("SV-KEY", f"key `{name}` has another fingerprint than the manifest says")
        bundle.keys[key["keyid"]] = public
        if RUNNER in key["roles"]:
            runners.append(key["keyid"])
    if len(runners) != 1:
        raise Refused("SV-KEY", f"the bundle lists {len(runners)} runner keys, not one")
    bundle.runner = runners[0]
    if bundle.trusted and bundle.runner not in bundle.trusted:
        refuse("SV-KEY-UNTRUSTED", f"the runner's key `{bundle.runner}` is not among those pinned")
    if SIGNED not in bundle.files:
        raise Refused("SV-FILE-MISSING", f"`{SIGNED}` is missing")
    signed = open_statement(bundle.files[SIGNED], bundle.keys, SIGNED)
    expected = {**bundle.manifest["files"], MANIFEST: digest(bundle.files[MANIFEST])}
    if signed.key != bundle.runner or signed.kind != "bundle" or signed.subjects != expected:
        refuse("SV-MANIFEST-SIGNED", "the runner signed another manifest than this one")
    if signed.predicate["plan"] != bundle.plan_digest:
        refuse("SV-MANIFEST-SIGNED", "the runner signed the bundle of another plan")
    return f"runner {bundle.runner}"


def check_log(bundle: Bundle, refuse: Refuse) -> str:
    """4. The checkpoint is the runner's, over these entries, and extends the earlier one."""
    if not bundle.files.keys() >= {"log/entries.jsonl", "log/checkpoint"}:
        raise Refused("SV-FILE-MISSING", "the log is missing")
    lines = bundle.lines("log/entries.jsonl")
    bundle.entries = [entry for _, entry in lines]
    leaves = [line for line, _ in lines]
    if any(
        set(entry) != ENTRIES[entry["type"]] or not is_time(entry["at"]) for entry in bundle.entries
    ):
        refuse("SV-LOG-ENTRY", "the log holds an entry of unknown form")
    public = bundle.keys[bundle.runner]
    checkpoint = open_checkpoint(bundle.files["log/checkpoint"], public, "log/checkpoint")
    if checkpoint.size != len(leaves):
        refuse(
            "SV-LOG-SIZE",
            f"the checkpoint signs {checkpoint.size} entries, there are {len(leaves)}",
        )
    elif merkle_root(leaves) != checkpoint.root:
        refuse("SV-LOG-ROOT", "the log has other entries than the checkpoint signs")
    if bundle.earlier is not None:
        earlier = open_checkpoint(bundle.earlier, public, "the earlier checkpoint")
        known = leaves[: earlier.size]
        same = len(known) == earlier.size and merkle_root(known) == earlier.root
        if earlier.origin != REGISTRY and not same:
            refuse("SV-LOG-FORK", "the log does not extend the earlier checkpoint")
    return f"{len(leaves)} entries, root {checkpoint.root.hex()[:16]}"


def check_statements(bundle: Bundle, refuse: Refuse) -> str:
    """5. Statements are the runner's, about these files, logged, and the last of their kind."""
    logged = bundle.logged("statement")
    names = bundle.under("statements/", ".dsse.json")
    for kind in sorted(set(SUBJECTS) - set(names)):
        refuse("SV-STATEMENT-MISSING", f"no statement of kind `{kind}`")
    for kind, path in names.items():
        statement = open_statement(bundle.files[path], bundle.keys, path)
        if statement.key != bundle.runner or statement.kind != kind:
            refuse("SV-STATEMENT", f"`{path}` is not the runner's statement of kind `{kind}`")
        for name, value in statement.subjects.items():
            if name not in bundle.files or digest(bundle.files[name]) != value:
                refuse("SV-STATEMENT", f"`{path}` is about another `{name}`")
        if SUBJECTS.get(kind, set()) - set(statement.subjects):
            refuse("SV-STATEMENT", f"`{path}` leaves out a file that its kind covers")
        if statement.predicate["plan"] != bundle.plan_digest:
            refuse("SV-STATEMENT", f"`{path}` is of another plan")
        envelope = digest(bundle.files[path])
        of_kind = [entry["envelope"] for entry in logged if entry["kind"] == kind]
        if envelope not in of_kind:
            refuse("SV-STATEMENT-UNLOGGED", f"`{path}` is not in the log")
        elif of_kind[-1] != envelope:
            refuse("SV-STATEMENT-SUPERSEDED", f"the log holds a later `{kind}` than `{path}`")
    return f"{len(names)} statements"
