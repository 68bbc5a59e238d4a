"""A runner that states a decision again, to make a dissent look like old news."""

from shipworthy.kernel import digest_bytes
from shipworthy.testing.bundles import SIGNED_AT

LOG = "log/entries.jsonl"
LEAD = "safety-lead"


def restate(forge):
    """Log a new statement of the same decision, as a runner may at any time."""
    path = "statements/decision.dsse.json"
    payload = forge.payload(path)
    subjects = {s["name"]: f"sha256:{s['digest']['sha256']}" for s in payload["subject"]}
    later = {"at": "2026-11-22T08:00:00Z", "plan": digest_bytes(forge.files["plan.json"])}
    forge.files[path] = forge.signed("decision", subjects, later)
    entry = {
        "type": "statement",
        "kind": "decision",
        "envelope": digest_bytes(forge.files[path]),
        "at": SIGNED_AT,
    }
    forge.edit_lines(LOG, lambda entries: [*entries, entry])


def test_stating_the_decision_again_does_not_hide_a_dissent(forge):
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", position="no-go", rationale="too early")
    del forge.files["signoffs/03.dsse.json"]
    restate(forge)
    forge.reseal(statements=False)
    assert forge.codes() == {"SV-SIGNOFF-HIDDEN"}


def test_a_dissent_before_the_last_statement_still_stands(forge):
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", position="no-go", rationale="too early")
    restate(forge)
    forge.reseal(statements=False)
    result = forge.verify()
    assert result.ok, result.failures
    assert "safety-lead go then no-go" in result.checks[10].detail


def test_a_sign_off_over_an_earlier_draft_is_kept_and_counts_for_nothing(forge):
    older = digest_bytes(b"an earlier draft")
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", position="no-go", decision=older)
    restate(forge)
    forge.reseal(statements=False)
    result = forge.verify()
    assert result.ok, result.failures
    assert "safety-lead go;" in result.checks[10].detail
    assert result.checks[10].detail.endswith("1 over earlier drafts")


def test_a_sign_off_over_another_draft_after_the_statement_is_refused(forge):
    other = digest_bytes(b"another draft")
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", decision=other)
    forge.reseal()
    assert forge.codes() == {"SV-SIGNOFF-DECISION"}
