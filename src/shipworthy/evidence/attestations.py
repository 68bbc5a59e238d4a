"""Signed statements: in-toto Statement v1 in a DSSE envelope, both exactly as specified.

https://github.com/in-toto/attestation (Statement v1) and https://github.com/secure-systems-lab/dsse
(protocol v1.0.2). The payload is canonical JSON, so equal statements have equal signatures.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from shipworthy.evidence.signers import Signer, verify_signature
from shipworthy.kernel import (
    Digest,
    ExitCode,
    Problem,
    Record,
    canonical_bytes,
    is_digest,
    read_record,
)

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_PREDICATE: Final = "https://shipworthy.dev/{kind}/v1"


class Subject(Record, frozen=True, kw_only=True):
    """What a statement is about: a name and digests by algorithm (hexadecimal, without prefix)."""

    name: str
    digest: dict[str, str]


class Statement(Record, frozen=True, kw_only=True, rename={"type_": "_type"}):
    """An in-toto statement; `predicate` is kept as canonical JSON until its type is known."""

    type_: Literal["https://in-toto.io/Statement/v1"] = STATEMENT_TYPE
    subject: tuple[Subject, ...]
    predicateType: str  # noqa: N815 - the name that the in-toto specification gives
    predicate: msgspec.Raw

    @property
    def kind(self) -> str:
        """The word in the predicate type: `plan`, `findings`, `decision`, ..."""
        head, tail = _PREDICATE.split("{kind}")
        text = self.predicateType
        if text.startswith(head) and text.endswith(tail):
            return text[len(head) : -len(tail)]
        return ""

    @property
    def subjects(self) -> dict[str, Digest]:
        """Names to digests."""
        return {part.name: f"sha256:{part.digest.get('sha256', '')}" for part in self.subject}


class Signature(Record, frozen=True, kw_only=True):
    """One signature in an envelope, base64."""

    keyid: str
    sig: str


class Envelope(Record, frozen=True, kw_only=True):
    """A DSSE envelope."""

    payload: str
    payloadType: str  # noqa: N815 - the name that the DSSE specification gives
    signatures: tuple[Signature, ...]


def make_statement(kind: str, subjects: Mapping[str, Digest], predicate: Record) -> Statement:
    """Build a statement of the kind about named digests.

    Raises:
        ValueError: a subject's digest is malformed.
    """
    for name, digest in subjects.items():
        if not is_digest(digest):
            raise ValueError(f"`{digest}` of `{name}` is not a digest")
    return Statement(
        subject=tuple(
            Subject(name=name, digest={"sha256": subjects[name].removeprefix("sha256:")})
            for name in sorted(subjects)
        ),
        predicateType=_PREDICATE.format(kind=kind),
        predicate=msgspec.Raw(canonical_bytes(predicate)),
    )


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding (PAE): the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def statement_bytes(statement: Statement) -> bytes:
    """Return the canonical JSON of a statement."""
    return canonical_bytes(msgspec.json.decode(msgspec.json.encode(statement)))


def envelope(statement: Statement, signer: Signer) -> bytes:
    """Sign a statement; returns the envelope as canonical JSON."""
    payload = statement_bytes(statement)
    signature = signer.sign(pre_authentication(PAYLOAD_TYPE, payload))
    return canonical_bytes(
        Envelope(
            payload=base64.b64encode(payload).decode(),
            payloadType=PAYLOAD_TYPE,
            signatures=(Signature(keyid=signer.key_id, sig=base64.b64encode(signature).decode()),),
        )
    )


def open_envelope(data: bytes, keys: Mapping[Digest, bytes]) -> Statement:
    """Return the statement when every signature verifies with a known key (id to raw key).

    Raises:
        Problem: `envelope-invalid` or `signature-invalid`, both integrity.
    """
    found = read_envelope(data)
    payload = _decode(found.payload)
    if found.payloadType != PAYLOAD_TYPE or not found.signatures:
        raise _integrity("envelope-invalid", "not a signed in-toto statement")
    message = pre_authentication(found.payloadType, payload)
    for signature in found.signatures:
        public = keys.get(signature.keyid)
        if public is None:
            raise _integrity("signature-invalid", f"signed by unknown key `{signature.keyid}`")
        if not verify_signature(public, _decode(signature.sig), message):
            raise _integrity("signature-invalid", f"signature of `{signature.keyid}` is wrong")
    try:
        return read_record(payload, Statement, "statement")
    except Problem as problem:
        raise _integrity("envelope-invalid", problem.diagnostics[0].message) from None


def read_envelope(data: bytes) -> Envelope:
    """Parse an envelope without checking signatures: to learn who claims to have signed.

    Raises:
        Problem: `envelope-invalid`, integrity.
    """
    try:
        return read_record(data, Envelope, "envelope")
    except Problem as problem:
        raise _integrity("envelope-invalid", problem.diagnostics[0].message) from None


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _integrity("envelope-invalid", "broken base64") from None


def _integrity(code: str, message: str) -> Problem:
    return Problem.of(
        code,
        message,
        help="ask the signer for the envelope again",
        exit_code=ExitCode.INTEGRITY,
    )
