"""Envelopes are DSSE and in-toto to the byte: securesystemslib is the second opinion."""

import base64
import json

import msgspec
import pytest
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from shipworthy.evidence import (
    Attested,
    envelope,
    key_id,
    make_statement,
    open_envelope,
    pre_authentication,
    signer_from_seed,
    statement_bytes,
)
from shipworthy.kernel import ExitCode, Problem, digest_bytes

PLAN = digest_bytes(b"plan")
STATEMENT = make_statement(
    "findings",
    {"findings.json": digest_bytes(b"findings")},
    Attested(plan=PLAN, at="2026-11-22T05:04:03Z"),
)


@pytest.fixture
def keys(signer):
    return {signer.key_id: signer.public}


@pytest.fixture
def other_key(signer):
    return SSlibKey(signer.key_id, "ed25519", "ed25519", {"public": signer.public.hex()})


def test_the_statement_has_the_shape_of_in_toto(signer):
    found = json.loads(base64.b64decode(json.loads(envelope(STATEMENT, signer))["payload"]))
    assert found == {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://shipworthy.dev/findings/v1",
        "subject": [{"name": "findings.json", "digest": {"sha256": digest_bytes(b"findings")[7:]}}],
        "predicate": {"plan": PLAN, "at": "2026-11-22T05:04:03Z"},
    }


def test_an_envelope_opens_with_the_signers_key(signer, keys):
    found = open_envelope(envelope(STATEMENT, signer), keys)
    assert found.kind == "findings"
    assert found.subjects == {"findings.json": digest_bytes(b"findings")}
    assert msgspec.json.decode(found.predicate, type=Attested).plan == PLAN


def test_the_same_statement_gives_the_same_bytes(signer):
    assert envelope(STATEMENT, signer) == envelope(STATEMENT, signer)


def test_securesystemslib_accepts_our_envelope(signer, other_key):
    found = OtherEnvelope.from_dict(json.loads(envelope(STATEMENT, signer)))
    assert found.verify([other_key], 1)
    assert found.pae() == pre_authentication(
        "application/vnd.in-toto+json", statement_bytes(STATEMENT)
    )


def test_securesystemslib_refuses_what_we_refuse(signer, other_key, keys):
    data = json.loads(envelope(STATEMENT, signer))
    data["payload"] = base64.b64encode(statement_bytes(STATEMENT) + b" ").decode()
    with pytest.raises(VerificationError):
        OtherEnvelope.from_dict(data).verify([other_key], 1)
    with pytest.raises(Problem):
        open_envelope(json.dumps(data).encode(), keys)


def test_we_accept_an_envelope_that_securesystemslib_made(signer, keys):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.signer import CryptoSigner

    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = SSlibKey(signer.key_id, "ed25519", "ed25519", {"public": signer.public.hex()})
    made = OtherEnvelope(statement_bytes(STATEMENT), "application/vnd.in-toto+json", {})
    made.sign(CryptoSigner(private, public))
    assert open_envelope(json.dumps(made.to_dict()).encode(), keys).kind == "findings"


def test_a_signature_by_an_unknown_key_is_refused(signer):
    stranger = signer_from_seed(b"s" * 32)
    with pytest.raises(Problem) as caught:
        open_envelope(envelope(STATEMENT, stranger), {signer.key_id: signer.public})
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert caught.value.diagnostics[0].code == "signature-invalid"


def test_claiming_another_key_id_does_not_help(signer, keys):
    data = json.loads(envelope(STATEMENT, signer_from_seed(b"s" * 32)))
    data["signatures"][0]["keyid"] = key_id(signer.public)
    with pytest.raises(Problem) as caught:
        open_envelope(json.dumps(data).encode(), keys)
    assert caught.value.diagnostics[0].code == "signature-invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"payloadType": "application/json"},
        {"signatures": []},
        {"payload": "%%%"},
        {"extra": 1},
    ],
)
def test_a_malformed_envelope_is_an_integrity_problem(signer, keys, change):
    data = {**json.loads(envelope(STATEMENT, signer)), **change}
    with pytest.raises(Problem) as caught:
        open_envelope(json.dumps(data).encode(), keys)
    assert caught.value.exit_code is ExitCode.INTEGRITY


def test_a_subject_without_a_digest_cannot_be_stated():
    with pytest.raises(ValueError, match="not a digest"):
        make_statement("plan", {"plan.json": "md5:00"}, Attested(plan=PLAN, at=""))
