"""An honest bundle, and an adversary who holds the runner's key.

The adversary edits files in memory and then reseals: run roots, statements, log, checkpoint,
registry, manifest and its signature are all made consistent again with the runner's own key. What
is left for the verifier to notice is the content.
"""

import base64
import json
from pathlib import Path

import pytest
from msgspec import convert

from shipworthy.evidence import (
    Checkpoint,
    Signer,
    Statement,
    Tree,
    envelope,
    leaf_hash,
    merkle_root,
    sign_checkpoint,
)
from shipworthy.kernel import canonical_bytes, digest_bytes
from shipworthy.records import GateQuestion, Scenario, SignOff
from shipworthy.testing.bundles import SIGNED_AT, ExampleBundle, example_bundle
from shipworthy.testing.campaigns import PEOPLE, sequential_plan
from shipworthy_verify import Verification, verify_bundle

LOG = "log/entries.jsonl"
REGISTRY = "registry/entries.jsonl"
UNSIGNED = {"bundle.json", "bundle.dsse.json"}


def by_digests(mark):
    return mark["id"], mark["content"]


class Forgery:
    """The files of a bundle, open to any change."""

    def __init__(self, honest: ExampleBundle, workplace: Path) -> None:
        self.honest = honest
        self.keys = honest.keys
        self.workplace = workplace
        self.files = {
            path.relative_to(honest.folder).as_posix(): path.read_bytes()
            for path in sorted(honest.folder.rglob("*"))
            if path.is_file()
        }
        self.entered = digest_bytes(self.files["plan.json"])

    # Reading and editing.

    def json(self, path):
        return json.loads(self.files[path])

    def lines(self, path):
        return [json.loads(line) for line in self.files[path].splitlines()]

    def write(self, path, value):
        self.files[path] = canonical_bytes(value)

    def write_lines(self, path, records):
        self.files[path] = b"".join(canonical_bytes(record) + b"\n" for record in records)

    def edit(self, path, change):
        """Let `change` alter the value of a JSON file in place."""
        value = self.json(path)
        change(value)
        self.write(path, value)

    def edit_lines(self, path, change):
        """Replace the records of a file by what `change` returns."""
        self.write_lines(path, change(self.lines(path)))

    def finding(self, name, change):
        """Alter one finding in place."""
        self.edit(
            "findings.json",
            lambda document: change(next(f for f in document["findings"] if f["id"] == name)),
        )

    def trial(self, wanted, change):
        """Alter the first trial for which `wanted` is true; returns it as it was."""
        for path in [name for name in self.files if name.startswith("trials/")]:
            records = self.lines(path)
            for index, record in enumerate(records):
                if wanted(record):
                    before = json.loads(self.files[path].splitlines()[index])
                    change(record)
                    self.write_lines(path, records)
                    return before
        raise AssertionError("no trial of that kind")

    def replace(self, path, old, new):
        """Replace text in a file, once."""
        assert old.encode() in self.files[path]
        self.files[path] = self.files[path].replace(old.encode(), new.encode(), 1)

    def keyed(self, change):
        """Alter the manifest's keys in place."""
        manifest = self.json("bundle.json")
        change(manifest["keys"])
        self.write("bundle.json", manifest)

    # Making it consistent again, with the runner's key.

    def reseal(self, *, roots=True, statements=True, plan=True):
        """Make everything consistent again that the runner's key can."""
        if plan:
            self._rename_plan()
            self._reenter_plan()
        if roots:
            self.reroot()
        if statements:
            self._restate()
        self.reseal_log()
        self.reseal_registry()
        self.reseal_manifest()

    def reseal_log(self):
        self.files["log/checkpoint"] = self._checkpoint(LOG, "shipworthy.dev/log")

    def reseal_registry(self):
        if REGISTRY in self.files:
            self.files["registry/checkpoint"] = self._checkpoint(
                REGISTRY, "shipworthy.dev/registry"
            )

    def _checkpoint(self, path, origin):
        lines = self.files[path].splitlines()
        root = merkle_root([leaf_hash(line) for line in lines])
        return sign_checkpoint(
            Checkpoint(origin=origin, size=len(lines), root=root), self.keys.runner
        )

    def reseal_manifest(self, signer: Signer | None = None):
        manifest = self.json("bundle.json")
        manifest["files"] = {
            path: digest_bytes(data) for path, data in self.files.items() if path not in UNSIGNED
        }
        self.write("bundle.json", manifest)
        subjects = {**manifest["files"], "bundle.json": digest_bytes(self.files["bundle.json"])}
        self.files["bundle.dsse.json"] = self.signed("bundle", subjects, signer=signer)

    def signed(self, kind, subjects, predicate=None, signer: Signer | None = None):
        """Return an envelope over named digests."""
        body = predicate or {"at": SIGNED_AT, "plan": digest_bytes(self.files["plan.json"])}
        named = [
            {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}
            for name, digest in sorted(subjects.items())
        ]
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": named,
            "predicateType": f"https://shipworthy.dev/{kind}/v1",
            "predicate": body,
        }
        import msgspec

        found = msgspec.json.decode(canonical_bytes(statement), type=Statement)
        return envelope(found, signer or self.keys.runner)

    def payload(self, path):
        """Return the statement in an envelope."""
        return json.loads(base64.b64decode(self.json(path)["payload"]))

    def sign_off(self, role, *, signer=None, path="signoffs/09.dsse.json", log=True, **changes):
        """Add a sign-off by whichever key, and log it."""
        words = {
            "decision": digest_bytes(self.files["decision.json"]),
            "role": role,
            "person": PEOPLE.get(role, ""),
            "position": "go",
            "rationale": "read it",
            "signed_at": SIGNED_AT,
            **changes,
        }
        SignOff(**words)
        subjects = {"decision.json": words["decision"]}
        self.files[path] = self.signed(
            "sign-off", subjects, words, signer or self.keys.people[role]
        )
        if log:
            entry = {
                "type": "statement",
                "kind": "sign-off",
                "envelope": digest_bytes(self.files[path]),
                "at": SIGNED_AT,
            }
            self.edit_lines(LOG, lambda entries: [*entries, entry])

    def _rename_plan(self):
        plan = digest_bytes(self.files["plan.json"])
        self.edit_lines(
            LOG, lambda entries: [{**e, "plan": plan} if "plan" in e else e for e in entries]
        )

    def _reenter_plan(self):
        """Let the registry say of the plan what the plan says of itself now."""
        plan = digest_bytes(self.files["plan.json"])
        found = self.json("plan.json")
        attacked = {i["scenario"] for i in found["items"] if i["role"] == "adversarial"}
        known = self.json("scenarios.json")
        tried = [
            convert(known[name]["scenario"], Scenario).tried for name in attacked if name in known
        ]
        marks = sorted(({"id": one.id, "content": one.content} for one in tried), key=by_digests)
        own = {
            "plan": plan,
            "question": convert(found["submission"]["question"], GateQuestion).digest,
            "spending": found["submission"]["spending"],
            "scenarios": marks,
        }
        if REGISTRY in self.files:
            self.edit_lines(
                REGISTRY,
                lambda entries: [{**e, **own} if e["plan"] == self.entered else e for e in entries],
            )
            self.entered = plan

    def reroot(self, folder="trials", count="trials", root="root"):
        """Let the log seal the records that a folder holds of each run now, under these names."""

        def seal(entry):
            path = f"{folder}/{entry.get('run')}.jsonl"
            if entry["type"] != "run-ended" or path not in self.files:
                return entry
            tree = Tree()
            for line in self.files[path].splitlines():
                tree.append(line)
            return {**entry, count: tree.size, root: f"sha256:{tree.root().hex()}"}

        self.edit_lines(LOG, lambda entries: [seal(entry) for entry in entries])

    def _restate(self):
        for path in [name for name in self.files if name.startswith("statements/")]:
            old = digest_bytes(self.files[path])
            kind = path.removeprefix("statements/").removesuffix(".dsse.json")
            names = [subject["name"] for subject in self.payload(path)["subject"]]
            subjects = {n: digest_bytes(self.files[n]) for n in names if n in self.files}
            self.files[path] = self.signed(kind, subjects)
            new = digest_bytes(self.files[path])
            self.edit_lines(
                LOG,
                lambda entries, old=old, new=new: [
                    {**e, "envelope": new} if e.get("envelope") == old else e for e in entries
                ],
            )

    # Asking the verifier.

    def save(self) -> Path:
        folder = self.workplace / "forged"
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder

    def verify(self, **options) -> Verification:
        return verify_bundle(self.save(), **options)

    def codes(self, **options) -> set[str]:
        """Return the codes with which the forged bundle is refused."""
        result = self.verify(**options)
        assert result.ok is (not result.failures)
        return {failure.code for failure in result.failures}


@pytest.fixture(scope="session")
def honest(tmp_path_factory) -> ExampleBundle:
    return example_bundle(tmp_path_factory.mktemp("campaign"))


@pytest.fixture
def forge(honest, tmp_path) -> Forgery:
    return Forgery(honest, tmp_path)


@pytest.fixture(scope="session")
def early(tmp_path_factory) -> ExampleBundle:
    """An honest bundle of which one domain stopped early."""
    return example_bundle(tmp_path_factory.mktemp("early"), plan=sequential_plan())


@pytest.fixture
def forgery() -> type[Forgery]:
    """For tests with honest bundles of their own."""
    return Forgery


@pytest.fixture(scope="session")
def unowned(tmp_path_factory) -> ExampleBundle:
    """An honest bundle whose draft is inconclusive: nobody owns the risk."""
    return example_bundle(tmp_path_factory.mktemp("unowned"), facts=())


@pytest.fixture
def forge_unowned(unowned, tmp_path) -> Forgery:
    return Forgery(unowned, tmp_path)
