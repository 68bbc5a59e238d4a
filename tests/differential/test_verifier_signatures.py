"""Ed25519 in plain Python against RFC 8032 and against `cryptography`; JSON against msgspec."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shipworthy.evidence import signer_from_seed, verify_signature
from shipworthy.kernel import Problem, canonical_bytes
from shipworthy_verify.reading import Refused, canonical, read_json
from shipworthy_verify.signatures import ed25519

# RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_verify(public, message, signature):
    parts = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert ed25519.verify(*parts)
    assert verify_signature(*parts)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
def test_both_implementations_accept_the_signature_and_refuse_a_flipped_bit(seed, message, bit):
    signer = signer_from_seed(seed)
    signature = signer.sign(message)
    assert ed25519.verify(signer.public, signature, message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verify(signer.public, bytes(flipped), message)
    assert not verify_signature(signer.public, bytes(flipped), message)
    assert not ed25519.verify(signer.public, signature, message + b"\x00")


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_both_implementations_refuse_noise_alike(public, signature):
    assert ed25519.verify(public, signature, b"x") == verify_signature(public, signature, b"x")


def test_a_scalar_beyond_the_order_is_refused():
    """Adding the group order to s makes another encoding of a valid signature (malleability)."""
    signer = signer_from_seed(bytes(32))
    signature = signer.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(signature[32:], "little") + order
    forged = signature[:32] + scalar.to_bytes(32, "little")
    assert not ed25519.verify(signer.public, forged, b"message")
    assert not verify_signature(signer.public, forged, b"message")


@pytest.mark.parametrize(
    ("key", "signature"), [(b"", b""), (bytes(31), bytes(64)), (bytes(32), bytes(63))]
)
def test_keys_and_signatures_of_the_wrong_length_are_refused(key, signature):
    assert not ed25519.verify(key, signature, b"")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=20,
)


@given(values)
@example({"a\x7f": "\x00\x1f\u2028\U0001f600", "A": [-1, 0]})
def test_canonical_json_is_the_same_in_both_programs(value):
    data = canonical_bytes(value)
    assert canonical(value) == data
    assert read_json(data, "x") == value


@pytest.mark.parametrize("value", [0.5, 2**53, {"é": 1}, float("nan"), "\ud800"])
def test_what_one_refuses_to_write_the_other_refuses_to_read(value):
    with pytest.raises(Problem):
        canonical_bytes(value)
    with pytest.raises(Refused):
        read_json(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), "x")
