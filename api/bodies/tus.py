"""The headers of tus 1.0, a protocol of uploads that are resumed: https://tus.io/protocols/resumable-upload."""

import base64
import binascii
import re

from flask import request

from api.bodies.names import clean_name
from api.problems import Refused
from triptych.pending.stretch import Algorithm, Checksum

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "termination", "checksum", "expiration")
STRETCH_TYPE = "application/offset+octet-stream"

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]+")  # visible ASCII but the comma


def check_version() -> None:
    """Raise Refused when the request is not of the one version that is spoken here."""
    if (told := request.headers.get("Tus-Resumable")) != VERSION:
        raise Refused(412, "tus_version", f"Tus-Resumable has to be {VERSION}, and is {(told or 'missing')[:20]!r}")


def upload_length() -> int:
    """How many bytes the upload is going to have. Raises Refused."""
    if "Upload-Defer-Length" in request.headers:
        raise _bad("Upload-Defer-Length is not taken: say Upload-Length")
    return _number("Upload-Length")


def upload_offset() -> int:
    """Where the bytes of this request belong. Raises Refused."""
    return _number("Upload-Offset")


def is_stretch() -> bool:
    """Whether the body is a stretch of an upload."""
    return request.mimetype == STRETCH_TYPE


def upload_metadata() -> str:
    """What the sender tells of the upload, as it came."""
    return request.headers.get("Upload-Metadata", "")


def upload_name(metadata: str) -> str:
    """The file name among ``metadata``, cleaned. Raises Refused where it, or any value, cannot be read."""
    values: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in metadata.split(","))):
        key, _, value = pair.partition(" ")
        if not _KEY.fullmatch(key) or key in values:
            raise _bad(f"Upload-Metadata: {key[:50]!r} is no key, or stands twice")
        values[key] = value
    decoded = {key: _decoded(key, value) for key, value in values.items()}
    name = decoded.get("filename", decoded.get("name"))
    try:
        return clean_name(None if name is None else name.decode())
    except UnicodeDecodeError:
        raise _bad("Upload-Metadata: the file name is not UTF-8") from None


def upload_checksum() -> Checksum | None:
    """What the body has to hash to; None where the sender does not say. Raises Refused."""
    if (told := request.headers.get("Upload-Checksum")) is None:
        return None
    algorithm, _, digest = told.partition(" ")
    if algorithm not in list(Algorithm):
        raise _bad(f"Upload-Checksum: {', '.join(Algorithm)} are known, not {algorithm[:20]!r}")
    return Checksum(Algorithm(algorithm), _decoded("Upload-Checksum", digest))


def _decoded(name: str, value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise _bad(f"{name[:50]}: the value is not base64") from None


def _number(name: str) -> int:
    told = request.headers.get(name, "")
    if not _NUMBER.fullmatch(told):
        raise _bad(f"{name} has to be a number of bytes, and is {told[:20]!r}")
    return int(told)


def _bad(message: str) -> Refused:
    return Refused(400, "bad_request", message)
