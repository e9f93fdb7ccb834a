"""The SHA-256 of uploads that are on their way, so that none is read again for it when the last byte has come.

They are the process's own: one whose earlier bytes went to another process, or to this one before it was started, is
hashed when it is whole.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

MOST = 1000  # uploads; half a kilobyte each


class Digests:
    """How far which upload was hashed; the ones that were heard of last."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[int, _Hash]] = {}

    def behind(self, upload_id: str, offset_bytes: int) -> "_Hash | None":
        """The hash of the upload's first ``offset_bytes``, to go on with; None where it is not known."""
        if not offset_bytes:
            return hashlib.sha256()
        size_bytes, digest = self._of.get(upload_id, (0, None))
        return digest.copy() if digest is not None and size_bytes == offset_bytes else None

    def note(self, upload_id: str, offset_bytes: int, digest: "_Hash | None") -> None:
        """Keep the hash of the first ``offset_bytes``; None: it is not known any more."""
        self.drop(upload_id)
        if digest is not None:
            self._of[upload_id] = offset_bytes, digest.copy()
        if len(self._of) > MOST:
            self.drop(next(iter(self._of)))

    def drop(self, upload_id: str) -> None:
        """Forget the hash of an upload that has ended."""
        self._of.pop(upload_id, None)
