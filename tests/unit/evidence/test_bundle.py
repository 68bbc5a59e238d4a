"""Exporting a bundle: whole, deterministic, never over something else."""

from dataclasses import replace

import pytest

from shipworthy.evidence import (
    BundleContent,
    Ledger,
    Manifest,
    bundle_files,
    export_bundle,
    list_key,
)
from shipworthy.kernel import Problem, canonical_bytes, digest_bytes, read_record
from shipworthy.records import Decision, Findings
from shipworthy.testing.campaigns import (
    example_card,
    example_facts,
    example_plan,
    example_rulebook,
    example_scenarios,
)

AT = "2026-11-22T05:04:03Z"


@pytest.fixture
def content(tmp_path, signer):
    ledger = Ledger.open(tmp_path / "log")
    ledger.checkpoint(signer)
    (ledger.folder / "entries.jsonl").write_bytes(b"")
    torn = tmp_path / "run-001.jsonl"
    torn.write_bytes(b'{"id":"t-1"}\n{"id":"t-')
    plan = example_plan()
    return BundleContent(
        plan=plan,
        rulebook=example_rulebook(),
        facts=example_facts(),
        assessment=b"[assessment]\n",
        cards=(example_card(),),
        scenarios=example_scenarios(),
        segments={"run-001": torn},
        findings=Findings(findings=(), paired=()),
        decision=Decision(
            subject=plan.subject.digest,
            plan=plan.digest,
            framework="example 1",
            rulebook=example_rulebook().digest,
            deployment="api",
            gate="deploy",
            ruling="inconclusive",
            level_worst="hold",
            level_best="deploy",
            levels=(),
            rules=(),
            requirements=(),
            determining=(),
            missing=(),
            flip="",
            roles=(),
            drafted_at=AT,
            expires_at=AT,
        ),
        statements={"plan": b"{}"},
        sign_offs=[b"{}"],
        log=ledger.folder,
        registry={"entries.jsonl": b"{}\n", "checkpoint": b"-"},
        keys={"runner": list_key(signer.public, "runner", ("runner",))},
        reports={"report.html": b"<p>", "report.json": b"{}"},
    )


def files_under(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_manifest_lists_every_file_with_its_digest(tmp_path, content, signer):
    digest = export_bundle(content, signer, tmp_path / "bundle", AT)
    files = files_under(tmp_path / "bundle")
    manifest = read_record(files.pop("bundle.json"), Manifest, "bundle.json")
    assert digest == digest_bytes(canonical_bytes(manifest))
    files.pop("bundle.dsse.json")
    assert manifest.files == {path: digest_bytes(data) for path, data in files.items()}
    assert "cards/leak.json" in files
    assert manifest.report == ("report.html", "report.json")


def test_the_same_content_gives_the_same_bytes(tmp_path, content, signer):
    export_bundle(content, signer, tmp_path / "one", AT)
    export_bundle(content, signer, tmp_path / "two", AT)
    assert files_under(tmp_path / "one") == files_under(tmp_path / "two")


def test_a_torn_tail_is_not_exported(content):
    assert bundle_files(content)["trials/run-001.jsonl"] == b'{"id":"t-1"}\n'


def test_a_folder_that_holds_something_is_left_alone(tmp_path, content, signer):
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "mine.txt").write_text("keep")
    with pytest.raises(Problem) as caught:
        export_bundle(content, signer, tmp_path / "bundle", AT)
    assert caught.value.diagnostics[0].code == "bundle-exists"
    assert files_under(tmp_path / "bundle") == {"mine.txt": b"keep"}


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "nul\x00"])
def test_a_run_whose_name_is_no_file_name_is_refused(content, name):
    path = content.segments["run-001"]
    with pytest.raises(Problem) as caught:
        bundle_files(replace(content, segments={name: path}))
    assert caught.value.diagnostics[0].code == "bundle-name"
