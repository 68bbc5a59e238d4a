"""Ed25519 keys in files. A private key never leaves its `Signer`: not in text, not in errors."""

import base64
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shipworthy.kernel import Digest, ExitCode, Location, Problem, digest_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PASSPHRASE_VARIABLE: Final = "SHIPWORTHY_KEY_PASSPHRASE"  # noqa: S105 - a name, not a secret
"""Environment variable that holds the passphrase of key files, if they have one."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that signs; `public` is its raw 32-byte public key."""

    public: bytes
    _private: "Ed25519PrivateKey" = field(repr=False, compare=False)

    @property
    def key_id(self) -> Digest:
        """Digest of the raw public key: the fingerprint that people compare."""
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature; the same message gives the same bytes (RFC 8032)."""
        return self._private.sign(message)


def key_id(public: bytes) -> Digest:
    """Return the id of a raw public key."""
    return digest_bytes(public)


def public_text(public: bytes) -> str:
    """Write a raw public key in base64."""
    return base64.b64encode(public).decode()


def signer_from_seed(seed: bytes) -> Signer:
    """Build a signer from a 32-byte private seed: for key stores other than files, and tests."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return _signer(Ed25519PrivateKey.from_private_bytes(seed))


def generate_key(path: Path, environment: Mapping[str, str] | None = None) -> Signer:
    """Create a new key file (PEM, PKCS 8, mode 0600), encrypted when a passphrase is set.

    Raises:
        Problem: `key-exists` when the file is there already: keys are never overwritten.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    passphrase = _passphrase(environment)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _refusal(
            "key-exists", "a key file is already there", path, "choose a new name"
        ) from None
    with os.fdopen(handle, "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    return _signer(private)


def load_signer(path: Path, environment: Mapping[str, str] | None = None) -> Signer:
    """Read a key file.

    Raises:
        Problem: `key-missing`, `key-readable` (others may read it), `key-passphrase` or
            `key-invalid`.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = _open_pem(path, _read_private(path), _passphrase(environment))
    if not isinstance(private, Ed25519PrivateKey):
        raise _refusal("key-invalid", "not an Ed25519 key", path, "generate a new key")
    return _signer(private)


def public_pem(public: bytes) -> bytes:
    """Write a raw public key as PEM, for the file that a person gives to others."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def load_public(path: Path) -> bytes:
    """Read a PEM public key file and return the raw key.

    Raises:
        Problem: `key-missing` or `key-invalid`.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        found = load_pem_public_key(path.read_bytes())
    except OSError:
        raise _refusal("key-missing", "no such key file", path, "check the path") from None
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PublicKey):
        raise _refusal("key-invalid", "not a PEM Ed25519 public key", path, "ask for the key again")
    return found.public_bytes_raw()


def verify_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether `signature` is the key's signature of `message`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        pem = path.read_bytes()
    except OSError:
        raise _refusal("key-missing", "no such key file", path, "generate a key first") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise _refusal(
            "key-readable", "others may read this private key", path, f"chmod 600 {path}"
        )
    return pem


def _open_pem(path: Path, pem: bytes, passphrase: bytes | None) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = b"ENCRYPTED" in pem
    if not encrypted or passphrase is not None:
        try:
            return load_pem_private_key(pem, passphrase if encrypted else None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # The library's text may quote its input; it goes no further than this.
            pass
    if encrypted:
        raise _refusal(
            "key-passphrase",
            "the key file needs a passphrase, or another one",
            path,
            f"set the environment variable `{PASSPHRASE_VARIABLE}`",
        )
    raise _refusal("key-invalid", "not a PEM private key", path, "restore the key file")


def _signer(private: "Ed25519PrivateKey") -> Signer:
    return Signer(private.public_key().public_bytes_raw(), private)


def _passphrase(environment: Mapping[str, str] | None) -> bytes | None:
    variables = os.environ if environment is None else environment
    return variables.get(PASSPHRASE_VARIABLE, "").encode() or None


def _refusal(code: str, message: str, path: Path, advice: str) -> Problem:
    return Problem.of(
        code, message, location=Location(str(path)), help=advice, exit_code=ExitCode.USAGE
    )
