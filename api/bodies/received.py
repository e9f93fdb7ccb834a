"""The one file that a request brings: as its raw body, or in a form with the field ``file``."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from api.bodies.chunks import body_chunks
from api.bodies.multipart_form import Bounds, received_form
from api.bodies.names import clean_name
from api.offload import WriteBehind
from api.problems import Refused, invalid
from api.room import room
from triptych.uploads import Upload

FORM_TYPE = "multipart/form-data"
FORM_OVERHEAD_BYTES = 1024 * 1024  # boundaries and headers around what the limit is about


@contextmanager
def received_file(name: str | None = None) -> Iterator[Upload]:
    """Receive the file, whose draft is gone at the end of the block if nobody kept it; ``name``: of a raw body.

    Raises Refused, blobs.TooLarge and blobs.NoDisk.
    """
    here = room()
    if request.mimetype == FORM_TYPE:
        bounds = Bounds(here.settings.upload_bytes, FORM_OVERHEAD_BYTES, here.settings.json_bytes)
        with received_form(request, here.store.blobs, bounds, _no_such_field) as form:
            if len(form.uploads) != 1:
                raise invalid("file", f"one file is wanted; there are {len(form.uploads)}")
            yield form.uploads[0]
        return
    cleaned = clean_name(name)
    incoming = WriteBehind(here.store.blobs.begin(here.settings.upload_bytes))
    try:
        for chunk in body_chunks(request, here.settings.upload_bytes):
            incoming.write(chunk)
        yield Upload(cleaned, incoming.finish())
    finally:
        incoming.discard()


def _no_such_field(name: str, _value: str) -> None:
    raise Refused(422, "invalid_request", f"there is no field {name[:100]!r}; the file goes into the field file")
