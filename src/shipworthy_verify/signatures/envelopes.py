"""Envelopes (DSSE around in-toto) and checkpoints (C2SP signed notes), for reading only."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy_verify.reading import Json, Refused, read_base64, read_json
from shipworthy_verify.signatures import ed25519

_PAYLOAD: Final = "application/vnd.in-toto+json"
_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_PREDICATE: Final = ("https://shipworthy.dev/", "/v1")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose signature was checked: who signed, what about, what was said."""

    key: str
    kind: str
    subjects: dict[str, str]
    predicate: Json


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint whose signature was checked."""

    origin: str
    size: int
    root: bytes


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Verify Ed25519 with `cryptography` where it is installed, else in plain Python."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return ed25519.verify(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def open_statement(data: bytes, keys: Mapping[str, bytes], name: str) -> Statement:
    """Check an envelope's one signature and return what it says.

    Raises:
        Refused: `SV-ENVELOPE`, `SV-SIGNER` or `SV-SIGNATURE`.
    """
    found = read_json(data, name, strictly=False)
    if (
        not isinstance(found, dict)
        or set(found) != {"payload", "payloadType", "signatures"}
        or found["payloadType"] != _PAYLOAD
        or len(found["signatures"]) != 1
    ):
        raise Refused("SV-ENVELOPE", f"`{name}` is not an in-toto envelope with one signature")
    key, payload = found["signatures"][0]["keyid"], read_base64(found["payload"], name)
    if key not in keys:
        raise Refused("SV-SIGNER", f"`{name}` is signed by `{key}`, which the bundle does not list")
    message = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)
    if not signed_by(keys[key], read_base64(found["signatures"][0]["sig"], name), message):
        raise Refused("SV-SIGNATURE", f"the signature of `{name}` is not by the key it names")
    statement = read_json(payload, f"payload of {name}", strictly=False)
    kind = str(statement["predicateType"])
    subjects = {part["name"]: f"sha256:{part['digest']['sha256']}" for part in statement["subject"]}
    if (
        statement["_type"] != _STATEMENT
        or not (kind.startswith(_PREDICATE[0]) and kind.endswith(_PREDICATE[1]))
        or len(subjects) != len(statement["subject"])
    ):
        raise Refused("SV-ENVELOPE", f"`{name}` holds no statement of a known kind")
    kind = kind[len(_PREDICATE[0]) : -len(_PREDICATE[1])]
    return Statement(key, kind, subjects, statement["predicate"])


def open_checkpoint(note: bytes, public: bytes, name: str) -> Checkpoint:
    """Check the key's signature on a note and return what it signed.

    Raises:
        Refused: `SV-CHECKPOINT-FORMAT` or `SV-CHECKPOINT-SIGNATURE`.
    """
    try:
        text, lines = note.decode().split("\n\n", 1)
        origin, size, root = text.split("\n")
        signatures = [line.split(" ") for line in lines.removesuffix("\n").split("\n")]
        checkpoint = Checkpoint(origin, int(size), read_base64(root, name))
    except (ValueError, Refused):
        raise Refused("SV-CHECKPOINT-FORMAT", f"`{name}` is not a checkpoint") from None
    named = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + public).digest()[:4]
    blobs = [
        read_base64(parts[2], name)
        for parts in signatures
        if len(parts) == 3 and parts[:2] == ["\u2014", origin]
    ]
    plain = str(checkpoint.size) == size and checkpoint.size >= 0 and len(checkpoint.root) == 32
    if len(blobs) != len(signatures) or not plain:
        raise Refused("SV-CHECKPOINT-FORMAT", f"`{name}` is not a checkpoint")
    message = f"{text}\n".encode()
    if not any(blob[:4] == named and signed_by(public, blob[4:], message) for blob in blobs):
        raise Refused("SV-CHECKPOINT-SIGNATURE", f"`{name}` is not signed by the runner's key")
    return checkpoint
