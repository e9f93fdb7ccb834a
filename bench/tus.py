"""A small client of tus 1.0, which goes on where a connection broke: https://tus.io/protocols/resumable-upload."""

import base64
import http.client
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

Content = Callable[[int, int], Iterator[bytes]]  # so many bytes from an offset on

VERSION = {"Tus-Resumable": "1.0.0"}
AGAIN_S = 0.05
GIVE_UP_S = 60.0
CONFLICT, LOCKED = http.client.CONFLICT, 423


class Upload:
    """An upload of ``size_bytes`` of ``content`` in requests of ``chunk_bytes``, begun at the API at ``url``."""

    def __init__(self, url: str, content: Content, size_bytes: int, chunk_bytes: int, name: str) -> None:
        self._host, self._content, self._size_bytes = urlsplit(url).netloc, content, size_bytes
        self._chunk_bytes = chunk_bytes
        self.offset = self.breaks = 0
        named = f"filename {base64.b64encode(name.encode()).decode()}"
        told = {"Upload-Length": str(size_bytes), "Upload-Metadata": named}
        self.path = self._asked("POST", "/api/v1/uploads", told)["Location"]

    def send(self, up_to: int | None = None) -> str | None:
        """Send until ``up_to`` bytes are there, or all of them; the id of the file, once it is one.

        Raises TimeoutError when nothing gets through for ``GIVE_UP_S``.
        """
        headers, moved_at = self._where(), time.monotonic()
        while self.offset < (self._size_bytes if up_to is None else up_to):
            before = self.offset
            try:
                headers = self._stretch()
                self.offset = int(headers["Upload-Offset"])
            except OSError:
                self.breaks += 1
                headers = self._where()
            if self.offset > before:
                moved_at = time.monotonic()
            elif time.monotonic() - moved_at > GIVE_UP_S:
                raise TimeoutError(f"nothing got through behind byte {before}")
            else:
                time.sleep(AGAIN_S)
        return headers.get("Triptych-File-Id")

    def _stretch(self) -> dict[str, str]:
        length = min(self._chunk_bytes, self._size_bytes - self.offset)
        told = {
            "Upload-Offset": str(self.offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
        }
        return self._asked("PATCH", self.path, told, self._content(self.offset, length))

    def _where(self) -> dict[str, str]:
        """Ask until it is told, and note it."""
        deadline = time.monotonic() + GIVE_UP_S
        while True:
            try:
                headers = self._asked("HEAD", self.path, {})
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(AGAIN_S)
                continue
            self.offset = int(headers["Upload-Offset"])
            return headers

    def _asked(
        self, method: str, path: str, headers: dict[str, str], body: Iterator[bytes] | None = None
    ) -> dict[str, str]:
        connection = http.client.HTTPConnection(self._host, timeout=600)
        try:
            connection.request(method, path, body=body, headers={**VERSION, **headers})
            response = connection.getresponse()
            answer = response.read()
        except http.client.HTTPException as error:  # hung up instead of an answer
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        if response.status in (CONFLICT, LOCKED):  # the request before this one is still being ended
            raise ConnectionError(f"{response.status}")
        if response.status >= http.client.BAD_REQUEST:
            raise SystemExit(f"{method} {path} was answered {response.status}: {answer[:300]!r}")
        return dict(response.getheaders())
