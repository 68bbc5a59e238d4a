"""Manifest, keys, log, statements and sign-offs: who said what, when, and nothing is hidden."""

import base64
import json

import pytest

from shipworthy.evidence import signer_from_seed
from shipworthy.kernel import digest_bytes

LOG = "log/entries.jsonl"
STRANGER = signer_from_seed(b"stranger".ljust(32))
LEAD, EXECUTIVE = "safety-lead", "accountable-executive"


def test_a_removed_file_is_missed(forge):
    del forge.files["assessment.toml"]
    assert "SV-FILE-MISSING" in forge.codes()


def test_a_file_removed_from_the_manifest_as_well_is_missed(forge):
    del forge.files["report.json"]
    forge.reseal()
    assert "SV-FILE-MISSING" in forge.codes()


def test_an_unlisted_file_is_refused(forge):
    forge.files["trials/notes.txt"] = b"ignore the above"
    assert forge.codes() == {"SV-FILE-UNLISTED"}


def test_a_listed_file_without_a_place_in_a_bundle_is_refused(forge):
    forge.files["signoffs/dissent.txt"] = b"kept here, counted nowhere"
    forge.reseal()
    assert forge.codes() == {"SV-FILE-UNKNOWN"}


def test_a_log_entry_of_unknown_form_is_refused(forge):
    forge.edit_lines(LOG, lambda entries: [*entries, {**entries[0], "note": "x", "plan": ""}])
    forge.reseal()
    assert "SV-LOG-ENTRY" in forge.codes()


def test_a_link_in_the_bundle_is_refused(forge):
    folder = forge.save()
    (folder / "extra").symlink_to("/etc/hostname")
    assert "SV-FILE-LINK" in forge.codes()


def test_an_edited_file_has_another_digest(forge):
    forge.files["assessment.toml"] += b"# later\n"
    assert forge.codes() == {"SV-FILE-DIGEST"}


def test_an_edited_manifest_is_not_the_signed_one(forge):
    forge.files["assessment.toml"] += b"# later\n"
    manifest = forge.json("bundle.json")
    manifest["files"]["assessment.toml"] = digest_bytes(forge.files["assessment.toml"])
    forge.write("bundle.json", manifest)
    assert forge.codes() == {"SV-MANIFEST-SIGNED"}


def test_a_key_added_to_the_manifest_is_not_signed_for(forge):
    forge.keyed(lambda keys: keys.update(spare={**keys[LEAD], "holder": "Nobody"}))
    assert "SV-MANIFEST-SIGNED" in forge.codes()


def test_a_manifest_of_an_unknown_schema_is_refused(forge):
    forge.edit("bundle.json", lambda manifest: manifest.update(schema="shipworthy/bundle/9"))
    assert forge.codes() == {"SV-MANIFEST"}


def test_a_key_under_a_false_fingerprint_is_refused(forge):
    def swap(keys):
        keys[LEAD]["public"] = base64.b64encode(STRANGER.public).decode()

    forge.keyed(swap)
    forge.reseal_manifest()
    assert "SV-KEY" in forge.codes()


def test_two_runner_keys_are_refused(forge):
    forge.keyed(lambda keys: keys[LEAD]["roles"].append("runner"))
    forge.reseal_manifest()
    assert "SV-KEY" in forge.codes()


def test_a_manifest_signed_by_a_stranger_is_refused(forge):
    forge.reseal_manifest(STRANGER)
    assert "SV-SIGNER" in forge.codes()


def test_a_manifest_signed_by_one_of_the_people_is_refused(forge):
    forge.reseal_manifest(forge.keys.people[LEAD])
    assert "SV-MANIFEST-SIGNED" in forge.codes()


def test_a_bundle_resigned_as_a_whole_by_a_stranger_fails_against_the_pinned_key(forge):
    forge.keys = type(forge.keys)(runner=STRANGER, people=forge.keys.people)

    def swap(keys):
        keys["runner"]["public"] = base64.b64encode(STRANGER.public).decode()
        keys["runner"]["keyid"] = STRANGER.key_id

    forge.keyed(swap)
    forge.reseal()
    assert forge.codes() == set()
    assert forge.codes(trusted_keys=[forge.honest.keys.runner.key_id]) == {"SV-KEY-UNTRUSTED"}


@pytest.mark.parametrize("kind", ["plan", "findings", "decision", "report"])
def test_flipped_signature_bytes_are_refused(forge, kind):
    def flip(envelope):
        raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
        raw[5] ^= 1
        envelope["signatures"][0]["sig"] = base64.b64encode(raw).decode()

    forge.edit(f"statements/{kind}.dsse.json", flip)
    forge.reseal_manifest()
    assert "SV-SIGNATURE" in forge.codes()


def test_a_statement_signed_by_a_stranger_is_refused(forge):
    path = "statements/findings.dsse.json"
    subjects = {"findings.json": digest_bytes(forge.files["findings.json"])}
    forge.files[path] = forge.signed("findings", subjects, signer=STRANGER)
    forge.reseal_manifest()
    assert "SV-SIGNER" in forge.codes()


def test_a_statement_signed_by_one_of_the_people_is_refused(forge):
    path = "statements/findings.dsse.json"
    subjects = {"findings.json": digest_bytes(forge.files["findings.json"])}
    forge.files[path] = forge.signed("findings", subjects, signer=forge.keys.people[LEAD])
    forge.reseal_manifest()
    assert "SV-STATEMENT" in forge.codes()


def test_a_statement_about_other_findings_is_refused(forge):
    forge.finding("asr.secrets.bare", lambda finding: finding.update(blockers=["x"]))
    forge.reseal(statements=False)
    assert "SV-STATEMENT" in forge.codes()


def test_a_statement_that_leaves_out_the_facts_is_refused(forge):
    path = "statements/decision.dsse.json"
    names = ("decision.json", "rulebook.json")
    subjects = {name: digest_bytes(forge.files[name]) for name in names}
    forge.files[path] = forge.signed("decision", subjects)
    forge.reseal_manifest()
    assert "SV-STATEMENT" in forge.codes()


def test_a_missing_statement_is_noticed(forge):
    del forge.files["statements/findings.dsse.json"]
    forge.reseal()
    assert "SV-STATEMENT-MISSING" in forge.codes()


def test_a_statement_that_the_log_does_not_hold_is_refused(forge):
    path = "statements/findings.dsse.json"
    subjects = {"findings.json": digest_bytes(forge.files["findings.json"])}
    predicate = {"at": "2026-11-22T09:00:00Z", "plan": digest_bytes(forge.files["plan.json"])}
    forge.files[path] = forge.signed("findings", subjects, predicate)
    forge.reseal_manifest()
    assert "SV-STATEMENT-UNLOGGED" in forge.codes()


def test_an_older_draft_is_refused_when_the_log_holds_a_later_one(forge):
    later = {
        "type": "statement",
        "kind": "decision",
        "envelope": digest_bytes(b"a later, stricter draft"),
        "at": "2026-11-22T08:00:00Z",
    }
    forge.edit_lines(LOG, lambda entries: [*entries, later])
    forge.reseal()
    assert "SV-STATEMENT-SUPERSEDED" in forge.codes()


def test_a_truncated_log_is_shorter_than_its_checkpoint(forge):
    forge.edit_lines(LOG, lambda entries: entries[:-1])
    forge.reseal_manifest()
    assert "SV-LOG-SIZE" in forge.codes()


def test_a_truncated_log_under_a_new_checkpoint_loses_a_statement(forge):
    forge.edit_lines(LOG, lambda entries: entries[:-1])
    forge.reseal()
    assert "SV-STATEMENT-UNLOGGED" in forge.codes()


def test_a_reordered_log_has_another_root(forge):
    forge.edit_lines(LOG, lambda entries: [*entries[:-2], entries[-1], entries[-2]])
    forge.reseal_manifest()
    assert "SV-LOG-ROOT" in forge.codes()


def test_an_edited_entry_has_another_root(forge):
    forge.edit_lines(
        LOG, lambda entries: [{**entries[0], "at": "2026-11-22T04:59:59Z"}, *entries[1:]]
    )
    forge.reseal_manifest()
    assert "SV-LOG-ROOT" in forge.codes()


def test_a_checkpoint_of_another_log_is_refused(forge):
    own = forge.keys
    forge.keys = type(own)(runner=STRANGER, people=own.people)
    forge.reseal_log()
    forge.keys = own
    forge.reseal_manifest()
    assert "SV-CHECKPOINT-SIGNATURE" in forge.codes()


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b"origin\n1\n\n\n", b"o\n-1\nAAAA\n\n\xe2\x80\x94 o AAAA\n"]
)
def test_a_malformed_checkpoint_is_refused(forge, note):
    forge.files["log/checkpoint"] = note
    forge.reseal_manifest()
    assert "SV-CHECKPOINT-FORMAT" in forge.codes()


def test_a_history_rewritten_as_a_whole_fails_against_an_earlier_checkpoint(forge):
    forge.edit_lines(
        LOG, lambda entries: [{**entries[0], "at": "2026-11-22T04:59:59Z"}, *entries[1:]]
    )
    forge.reseal()
    assert forge.codes() == set()
    assert forge.codes(checkpoint=forge.honest.earlier_checkpoint) == {"SV-LOG-FORK"}


def test_the_honest_log_extends_its_earlier_checkpoint(forge):
    assert forge.codes(checkpoint=forge.honest.earlier_checkpoint) == set()


def test_an_earlier_checkpoint_longer_than_the_log_is_a_fork(forge):
    entries = forge.lines(LOG)
    forge.edit_lines(LOG, lambda found: [*found, found[-1]])
    forge.reseal_log()
    longer = forge.files["log/checkpoint"]
    forge.write_lines(LOG, entries)
    forge.reseal()
    assert forge.codes(checkpoint=longer) == {"SV-LOG-FORK"}


def test_a_sign_off_for_another_decision_is_refused(forge):
    forge.edit("decision.json", lambda decision: decision.update(flip="nothing would"))
    forge.reseal()
    assert forge.codes() == {"SV-SIGNOFF-DECISION"}


def test_a_sign_off_whose_words_name_another_decision_is_refused(forge):
    forge.sign_off(LEAD, path="signoffs/01.dsse.json", decision=digest_bytes(b"other"))
    forge.reseal()
    assert "SV-SIGNOFF-DECISION" in forge.codes()


def test_a_sign_off_by_a_key_without_the_role_is_refused(forge):
    forge.sign_off(LEAD, signer=forge.keys.people[EXECUTIVE], path="signoffs/01.dsse.json")
    forge.reseal()
    assert "SV-SIGNOFF-ROLE" in forge.codes()


def test_the_runner_cannot_sign_in_the_name_of_a_person(forge):
    forge.sign_off(LEAD, signer=forge.keys.runner, path="signoffs/01.dsse.json")
    forge.reseal()
    assert "SV-SIGNOFF-ROLE" in forge.codes()


def test_a_sign_off_under_another_name_is_refused(forge):
    forge.sign_off(LEAD, path="signoffs/01.dsse.json", person="Somebody Else")
    forge.reseal()
    assert "SV-SIGNOFF-ROLE" in forge.codes()


def test_a_sign_off_in_a_role_nobody_asked_for_is_refused(forge):
    forge.keyed(lambda keys: keys[LEAD]["roles"].append("friend"))
    forge.sign_off("friend", signer=forge.keys.people[LEAD], person="Ada Example")
    forge.reseal()
    assert "SV-SIGNOFF-ROLE" in forge.codes()


def test_one_person_cannot_sign_for_two_roles(forge):
    forge.keyed(lambda keys: keys[LEAD]["roles"].append(EXECUTIVE))
    forge.sign_off(
        EXECUTIVE,
        signer=forge.keys.people[LEAD],
        person="Ada Example",
        path="signoffs/02.dsse.json",
    )
    forge.reseal()
    assert "SV-SIGNOFF-TWICE" in forge.codes()


def test_one_key_cannot_sign_for_two_people(forge):
    lead = forge.keys.people[LEAD]

    def share(keys):
        keys[EXECUTIVE] = {**keys[EXECUTIVE], "keyid": lead.key_id, "public": keys[LEAD]["public"]}

    forge.keyed(share)
    forge.sign_off(EXECUTIVE, signer=lead, path="signoffs/02.dsse.json")
    forge.reseal()
    assert "SV-SIGNOFF-TWICE" in forge.codes()


def test_a_sign_off_before_the_draft_is_refused(forge):
    forge.sign_off(LEAD, path="signoffs/01.dsse.json", signed_at="2026-11-01T00:00:00Z")
    forge.reseal()
    assert "SV-SIGNOFF-TIME" in forge.codes()


def test_a_sign_off_that_is_not_in_the_log_is_refused(forge):
    forge.sign_off(LEAD, path="signoffs/01.dsse.json", log=False, rationale="looks fine")
    forge.reseal()
    assert "SV-SIGNOFF-UNLOGGED" in forge.codes()


def test_a_dissent_held_back_is_noticed(forge):
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", position="no-go", rationale="too early")
    del forge.files["signoffs/03.dsse.json"]
    forge.reseal()
    assert "SV-SIGNOFF-HIDDEN" in forge.codes()


def test_a_person_may_change_their_mind_in_their_own_role(forge):
    forge.sign_off(LEAD, path="signoffs/03.dsse.json", position="no-go", rationale="on reflection")
    forge.reseal()
    result = forge.verify()
    assert result.ok
    assert "safety-lead go then no-go" in result.checks[10].detail


def test_an_envelope_with_two_signatures_is_refused(forge):
    forge.edit(
        "signoffs/01.dsse.json",
        lambda envelope: envelope["signatures"].append(envelope["signatures"][0]),
    )
    forge.reseal()
    assert "SV-ENVELOPE" in forge.codes()


def test_every_flipped_bit_is_refused(forge, honest):
    originals = dict(forge.files)
    for path, data in originals.items():
        position = int(digest_bytes(path.encode())[-6:], 16) % len(data)
        flipped = bytearray(data)
        flipped[position] ^= 1 << position % 7
        forge.files = {**originals, path: bytes(flipped)}
        assert forge.codes(), f"{path} at {position}"


def test_the_failures_name_no_more_than_they_must(forge):
    forge.edit_lines("trials/run-002.jsonl", lambda records: [{**r, "judge": "x"} for r in records])
    forge.reseal()
    result = forge.verify()
    assert len([f for f in result.failures if f.code == "SV-TRIAL-JUDGE"]) == 13
    assert json.dumps([f.message for f in result.failures])
