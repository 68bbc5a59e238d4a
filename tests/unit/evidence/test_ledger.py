"""The evidence log appends, checkpoints, and refuses to have been changed."""

import pytest

from shipworthy.evidence import (
    Ledger,
    key_id,
    open_envelope,
    read_checkpoint,
    signer_from_seed,
)
from shipworthy.evidence.attestations import make_statement
from shipworthy.evidence.statements import Attested
from shipworthy.kernel import ExitCode, Problem, digest_bytes
from shipworthy.records import PlanRegistered, RunEnded, RunStarted, StatementLogged

PLAN = digest_bytes(b"plan")
AT = "2026-11-22T05:04:03Z"
ENTRIES = (
    PlanRegistered(plan=PLAN, at=AT),
    RunStarted(plan=PLAN, run="run-1", at=AT),
    RunEnded(
        plan=PLAN,
        run="run-1",
        how="completed",
        trials=0,
        root=digest_bytes(b""),
        canaries=0,
        canaries_root=digest_bytes(b""),
        at=AT,
    ),
)


def fill(folder, entries=ENTRIES):
    ledger = Ledger.open(folder)
    for entry in entries:
        ledger.append(entry)
    return ledger


def test_entries_come_back_in_order_after_reopening(tmp_path):
    before = fill(tmp_path)
    after = Ledger.open(tmp_path)
    assert after.entries() == ENTRIES
    assert after.root() == before.root()


def test_append_returns_the_index(tmp_path):
    ledger = Ledger.open(tmp_path)
    assert [ledger.append(entry) for entry in ENTRIES] == [0, 1, 2]


def test_two_open_ledgers_see_each_others_entries(tmp_path):
    first, second = Ledger.open(tmp_path), Ledger.open(tmp_path)
    first.append(ENTRIES[0])
    assert second.append(ENTRIES[1]) == 1
    assert second.entries() == ENTRIES[:2]
    assert Ledger.open(tmp_path).entries() == ENTRIES[:2]


def test_a_torn_entry_is_dropped_and_overwritten(tmp_path):
    fill(tmp_path, ENTRIES[:2])
    path = tmp_path / "entries.jsonl"
    path.write_bytes(path.read_bytes() + b'{"type":"run-en')
    ledger = Ledger.open(tmp_path)
    assert ledger.entries() == ENTRIES[:2]
    ledger.append(ENTRIES[2])
    assert Ledger.open(tmp_path).entries() == ENTRIES


def test_the_checkpoint_is_a_signed_note_over_size_and_root(tmp_path, signer):
    ledger = fill(tmp_path)
    note = ledger.checkpoint(signer)
    lines = note.decode().split("\n")
    assert lines[:2] == ["shipworthy.dev/log", "3"]
    assert lines[3] == ""
    assert lines[4].startswith("\u2014 shipworthy.dev/log ")
    found = read_checkpoint(note, signer.public, "checkpoint")
    assert (found.size, found.root) == (3, ledger.root())
    assert (tmp_path / "checkpoint").read_bytes() == note


def test_a_longer_log_still_opens_under_its_checkpoint(tmp_path, signer):
    fill(tmp_path, ENTRIES[:2]).checkpoint(signer)
    fill(tmp_path, ENTRIES[2:])
    assert Ledger.open(tmp_path, signer.public).entries() == ENTRIES


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[1].replace(b"run-1", b"run-2"), lines[2]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[0], b"not json", lines[2]],
        lambda lines: [lines[0], lines[1].replace(b'{"at"', b'{ "at"'), lines[2]],
    ],
)
def test_a_changed_log_is_refused(tmp_path, signer, change):
    fill(tmp_path).checkpoint(signer)
    path = tmp_path / "entries.jsonl"
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"".join(line + b"\n" for line in change(lines)))
    with pytest.raises(Problem) as caught:
        Ledger.open(tmp_path)
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert caught.value.diagnostics[0].code == "log-altered"


def test_a_log_cut_while_open_is_refused_on_append(tmp_path):
    ledger = fill(tmp_path)
    path = tmp_path / "entries.jsonl"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Problem) as caught:
        ledger.append(ENTRIES[0])
    assert caught.value.exit_code is ExitCode.INTEGRITY


def test_a_checkpoint_by_another_key_is_refused(tmp_path, signer):
    fill(tmp_path).checkpoint(signer_from_seed(b"x" * 32))
    with pytest.raises(Problem) as caught:
        Ledger.open(tmp_path, signer.public)
    assert caught.value.diagnostics[0].code == "checkpoint-invalid"


def test_a_checkpoint_of_another_log_is_refused(tmp_path, signer):
    fill(tmp_path).checkpoint(signer)
    with pytest.raises(Problem):
        Ledger.open(tmp_path, signer.public, origin="example.org/log")


@pytest.mark.parametrize("note", [b"", b"a\n\nb", b"o\n-1x\nAAAA\n\n", b"\xff", b"o\n01\n\n\n"])
def test_a_malformed_checkpoint_is_an_integrity_problem(note):
    with pytest.raises(Problem) as caught:
        read_checkpoint(note, None, "checkpoint")
    assert caught.value.exit_code is ExitCode.INTEGRITY


def test_an_attested_statement_is_signed_and_logged(tmp_path, signer):
    ledger = fill(tmp_path)
    statement = make_statement("findings", {"findings.json": PLAN}, Attested(plan=PLAN, at=AT))
    signed = ledger.attest(statement, signer, AT)
    assert open_envelope(signed, {key_id(signer.public): signer.public}).kind == "findings"
    assert ledger.entries()[-1] == StatementLogged(
        kind="findings", envelope=digest_bytes(signed), at=AT
    )
