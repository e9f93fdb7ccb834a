"""Large files, sent in parts straight to where the API keeps files, which sees none of the bytes on their way."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

import httpx2

from triptych.client.absence import MAY_PASS, Absence
from triptych.client.connecting import client_of
from triptych.client.errors import Refused, Unreachable, words_of
from triptych.client.paths import at
from triptych.client.records.file import File
from triptych.client.records.upload import DirectUpload, PartAddress, PartAddresses, PendingUpload
from triptych.client.sources import OnSent, Source, stretch_of
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/uploads"
AT_WORK = frozenset({"upload_busy", "too_many_clients"})  # reading this upload, or others' before it
PART_BYTES = 16 * 1024**2  # of a part that is broken off nothing stays


class Direct:
    """Uploads straight to S3, by one API. Every call raises Unreachable, Refused or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def begin(self, source: Source) -> str | None:
        """The id of an upload in parts; None where the API offers none, or nobody reaches from here what it names."""
        asked = {"name": source.name, "size_bytes": source.size_bytes, "part_bytes": PART_BYTES}
        try:
            upload = self._transport.tell(DirectUpload, Ask("POST", f"{ROOT}/direct", json=asked))
        except Refused as error:
            if error.code == "not_supported":
                return None
            raise
        if self._reaches(self._missing(upload.id, 1).items):
            return upload.id
        self._transport.send(Ask("DELETE", at(ROOT, upload.id), headers={"Tus-Resumable": "1.0.0"}))
        return None

    def send(self, upload: PendingUpload, source: Source, on_sent: OnSent) -> File:
        """Send the parts that are missing, and tell the file that they become. Raises as ``Uploads.send`` does."""
        absence = Absence(self._transport)
        while True:
            try:
                window = self._missing(upload.id)
                if window.sent_bytes:
                    on_sent(window.sent_bytes)
                if not window.items:
                    return self._completed(upload, absence)
                there = window.sent_bytes
                with self._elsewhere(window.items[0].url) as http:
                    for part in window.items:
                        body = partial(stretch_of, source, part.offset, part.size_bytes, _counted(on_sent, there, part))
                        _put(http, part, body())
                        there += part.size_bytes
                        absence.end()
            except MAY_PASS as error:
                absence.endure(error)

    def _missing(self, upload_id: str, limit: int = 100) -> PartAddresses:
        ask = Ask("POST", at(ROOT, upload_id, "parts"), json={"limit": limit}, repeatable=True)
        return self._transport.tell(PartAddresses, ask)

    def _completed(self, upload: PendingUpload, absence: Absence) -> File:
        """The file. It takes the API as long as it takes to read all of it: until then another request is refused."""
        busy = 0
        while True:
            try:
                return self._transport.tell(File, Ask("POST", at(ROOT, upload.id, "complete"), repeatable=True))
            except MAY_PASS as error:
                if not isinstance(error, Refused) or error.code not in AT_WORK:
                    absence.endure(error)
                    continue
                absence.end()  # it is there, and at work
                busy += 1
                self._transport.pause(max(error.again_s or 0.0, self._transport.pause_s(busy)))

    def _reaches(self, parts: Sequence[PartAddress]) -> bool:
        """Whether somebody answers where the parts go, whatever they answer."""
        for part in parts[:1]:
            with self._elsewhere(part.url) as http, suppress(httpx2.TransportError):
                http.get(httpx2.URL(part.url).copy_with(raw_path=b"/"))
                return True
        return False

    def _elsewhere(self, url: str) -> httpx2.Client:
        """A client that tells nobody the API's key."""
        return client_of(httpx2.URL(url), self._transport.patience)


def _put(http: httpx2.Client, part: PartAddress, body: Iterator[bytes]) -> None:
    """Send a part. Raises Unreachable where it is not taken: another address may be."""
    headers = {**part.headers, "Content-Length": str(part.size_bytes)}
    where = httpx2.URL(part.url)
    try:
        answer = http.request(part.method, where, content=body, headers=headers)
    except httpx2.TransportError as error:
        raise Unreachable(f"{where.scheme}://{where.netloc.decode()}", words_of(error)) from None
    if not answer.is_success:
        said = f"it answers {answer.status_code} {answer.reason_phrase}".strip()
        raise Unreachable(f"{where.scheme}://{where.netloc.decode()}", said)


def _counted(on_sent: OnSent, before: int, part: PartAddress) -> OnSent:
    """Told a place in the file, tells how many bytes have been sent in all."""
    return lambda at: on_sent(before + at - part.offset)
