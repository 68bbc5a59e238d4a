"""Keys stay in their files."""

import stat

import pytest

from shipworthy.evidence import (
    PASSPHRASE_VARIABLE,
    generate_key,
    key_id,
    load_public,
    load_signer,
    public_pem,
    signer_from_seed,
    verify_signature,
)
from shipworthy.kernel import Problem, digest_bytes

# RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signatures_match_the_standard():
    signer = signer_from_seed(SEED)
    assert signer.public == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    assert verify_signature(PUBLIC, SIGNATURE, b"\x72")
    assert not verify_signature(PUBLIC, SIGNATURE, b"\x73")
    assert not verify_signature(PUBLIC[:31], SIGNATURE, b"\x72")


def test_the_key_id_is_the_digest_of_the_raw_public_key():
    assert signer_from_seed(SEED).key_id == digest_bytes(PUBLIC) == key_id(PUBLIC)


def test_a_generated_key_is_private_to_its_owner_and_loads_again(tmp_path):
    path = tmp_path / "keys" / "runner.pem"
    made = generate_key(path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_signer(path, {}).public == made.public


def test_a_key_file_is_never_overwritten(tmp_path):
    path = tmp_path / "runner.pem"
    generate_key(path, {})
    before = path.read_bytes()
    with pytest.raises(Problem) as caught:
        generate_key(path, {})
    assert caught.value.diagnostics[0].code == "key-exists"
    assert path.read_bytes() == before


def test_a_passphrase_encrypts_the_file_and_is_needed_to_load_it(tmp_path):
    path = tmp_path / "runner.pem"
    made = generate_key(path, {PASSPHRASE_VARIABLE: "correct horse"})
    assert b"ENCRYPTED" in path.read_bytes()
    assert load_signer(path, {PASSPHRASE_VARIABLE: "correct horse"}).public == made.public
    for wrong in ({}, {PASSPHRASE_VARIABLE: "battery staple"}):
        with pytest.raises(Problem) as caught:
            load_signer(path, wrong)
        assert caught.value.diagnostics[0].code == "key-passphrase"
        assert "battery" not in caught.value.render()


def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "runner.pem"
    generate_key(path, {})
    path.chmod(0o644)
    with pytest.raises(Problem) as caught:
        load_signer(path, {})
    assert caught.value.diagnostics[0].code == "key-readable"


def test_a_broken_key_file_is_not_quoted(tmp_path):
    path = tmp_path / "runner.pem"
    generate_key(path, {})
    secret = path.read_bytes().splitlines()[1]
    path.write_bytes(b"-----BEGIN PRIVATE KEY-----\n" + secret[:-9] + b"\n")
    with pytest.raises(Problem) as caught:
        load_signer(path, {})
    assert caught.value.diagnostics[0].code == "key-invalid"
    assert secret.decode()[:12] not in caught.value.render()
    assert caught.value.__cause__ is None


def test_a_missing_key_is_a_problem_not_a_traceback(tmp_path):
    for load in (lambda path: load_signer(path, {}), load_public):
        with pytest.raises(Problem) as caught:
            load(tmp_path / "absent.pem")
        assert caught.value.diagnostics[0].code == "key-missing"


def test_the_text_of_a_signer_has_no_private_key():
    text = repr(signer_from_seed(SEED))
    assert "Private" not in text
    assert SEED.hex() not in text


def test_a_public_key_file_comes_back(tmp_path):
    path = tmp_path / "runner.pub.pem"
    path.write_bytes(public_pem(PUBLIC))
    assert load_public(path) == PUBLIC


@pytest.mark.parametrize("text", [b"", b"not a key", b"-----BEGIN PUBLIC KEY-----\nAAAA\n"])
def test_a_broken_public_key_file_is_refused(tmp_path, text):
    path = tmp_path / "runner.pub.pem"
    path.write_bytes(text)
    with pytest.raises(Problem) as caught:
        load_public(path)
    assert caught.value.diagnostics[0].code == "key-invalid"
