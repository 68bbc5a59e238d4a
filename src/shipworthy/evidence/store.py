"""A content-addressed store: bytes in, digest out; the digest is checked on the way back."""

from dataclasses import dataclass
from pathlib import Path

from shipworthy.evidence.files import tampered, write_atomically
from shipworthy.kernel import Digest, ExitCode, Problem, digest_bytes, is_digest, short


@dataclass(frozen=True, slots=True)
class BlobStore:
    """Blobs in a folder, `<first two hex digits>/<the other 62>`. Safe for several writers."""

    folder: Path

    def put(self, data: bytes) -> Digest:
        """Keep `data` durably and return its name; keeping the same bytes again costs nothing."""
        digest = digest_bytes(data)
        path = self._path(digest)
        if not path.exists():
            write_atomically(path, data)
        return digest

    def has(self, digest: Digest) -> bool:
        """Say whether a blob of that name is kept; its bytes are not read."""
        return self._path(digest).exists()

    def get(self, digest: Digest) -> bytes:
        """Return the bytes of that name.

        Raises:
            Problem: `blob-missing` when there are none, `blob-altered` (integrity) when the bytes
                on disk have another digest.
        """
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise Problem.of(
                "blob-missing",
                f"no blob `{short(digest)}` in the store",
                help="the evidence was pruned, or belongs to another project",
                exit_code=ExitCode.INCONCLUSIVE,
            ) from None
        if digest_bytes(data) != digest:
            raise tampered("blob-altered", f"blob `{short(digest)}` has other bytes", str(path))
        return data

    def _path(self, digest: Digest) -> Path:
        if not is_digest(digest):
            raise Problem.of(
                "digest-invalid",
                f"`{digest}` is not a digest",
                help="write `sha256:` and 64 lower-case hexadecimal digits",
            )
        name = digest.removeprefix("sha256:")
        return self.folder / name[:2] / name[2:]
