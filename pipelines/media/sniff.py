"""What an uploaded file really is, told from its content at the door: light, and blind to what its sender claims.

Memory use does not depend on the file's size: the head is read, the rest at most scanned in chunks.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

import filetype

from pipelines.errors import BadInput
from pipelines.media.heif_boxes import brand_type
from pipelines.media.media_types import PICTURE_FORMATS, TAKEN, USUAL_NAMES, Kind, claimed_kind, extension, kind_of
from pipelines.media.picture_header import MAX_PIXELS, check_picture

HEAD_BYTES = 8192  # as much as filetype looks at
CHUNK_BYTES = 1 << 20

_SVG_STARTS = ("<svg", "<!doctype svg")
_HTML_STARTS = ("<!doctype html", "<html", "<script", "<head", "<body")
_PLAYLIST_STARTS = ("#extm3u", "ffconcat version", "[playlist]")
_ASCII_DOCUMENTS = (b"%PDF", b"%!PS", b"{\\rtf", b"#!AMR")  # binary formats whose head may look like text
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


UNKNOWN = "application/octet-stream"
_NO_UTF8 = ": if it is text in another encoding, save it as UTF-8"


class MediaRefused(BadInput):
    """A file that is not let in. ``code`` is the API's error code, ``message`` names the fault and the mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


def sniff(path: Path, name: str, max_pixels: int = MAX_PIXELS) -> str:
    """Return the media type of the content of ``path``, such as ``audio/mpeg`` or ``text/markdown``.

    ``name`` is the user's name for the file: its ending may not claim another kind than the content is of, and it
    tells apart what content cannot (markdown from plain text, sound from film in MP4). Raises MediaRefused with
    code ``empty_file``, ``media_type_mismatch``, ``unsupported_media_type``, ``bad_media`` or ``too_many_pixels``.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise MediaRefused("empty_file", "the file is empty: there is nothing to work on")
    media_type = _text_type(path, head, name) or _binary_type(head, name)
    _refuse_type(media_type, name)
    if media_type in PICTURE_FORMATS:
        _check_picture(path, media_type, max_pixels)
    return media_type


def check_head(head: bytes, name: str) -> None:
    """Raise MediaRefused where ``sniff`` is going to, whatever follows ``head``: the first ``HEAD_BYTES`` of a file.

    What may be text is not judged, since that shows at its end.
    """
    if _start_of_text(head) is None:
        _refuse_type(_binary_type(head, name), name)


def _refuse_type(media_type: str, name: str) -> None:
    _refuse_mismatch(media_type, name)
    if media_type not in TAKEN:
        raise MediaRefused("unsupported_media_type", f"{media_type} is not supported{_mend(media_type)}")


def _refuse_mismatch(media_type: str, name: str) -> None:
    claimed, found = claimed_kind(name), kind_of(media_type)
    if claimed is None or claimed == found:
        return
    raise MediaRefused(
        "media_type_mismatch",
        f"the name ends in .{extension(name)[:20]}: {claimed.value}; but the content is {found.value} ({media_type})"
        f"{_NO_UTF8 if claimed is Kind.TEXT and media_type == UNKNOWN else ''}",
    )


def _mend(media_type: str) -> str:
    if media_type == "image/svg+xml":
        return ": render it to PNG"
    if kind_of(media_type) is Kind.PICTURE:
        return ": convert the picture to JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
    if kind_of(media_type) is Kind.SOUND:
        return ": convert it to MP3, WAV, FLAC, Ogg, MP4 or WebM"
    if media_type == "application/x-playlist":
        return ": a playlist only points at media, upload the media itself"
    return ": send audio, video, a picture, a PDF or plain text"


def _binary_type(head: bytes, name: str) -> str:
    return brand_type(head) or _guessed_type(head, name)


def _guessed_type(head: bytes, name: str) -> str:
    try:
        found = filetype.guess_mime(head) or UNKNOWN
    except (ValueError, IndexError):  # filetype's parsers of boxes and archives trip over some garbage
        found = UNKNOWN
    if found == UNKNOWN and head[4:8] == b"ftyp":
        found = "video/mp4"
    if found == UNKNOWN and _is_mpeg_audio_frame(head):
        found = "audio/mpeg"
    if found == "video/mp4" and extension(name) in ("m4a", "m4b"):
        found = "audio/mp4"  # many recorders brand sound alone as "isom"
    if found in _MATROSKA and b"A_" in head and b"V_" not in head:
        found = _MATROSKA[found]  # its codecs are named by A_OPUS, V_VP9 and the like, before the first sample
    return USUAL_NAMES.get(found, found)


_MATROSKA = {"video/webm": "audio/webm", "video/x-matroska": "audio/x-matroska"}


def _is_mpeg_audio_frame(head: bytes) -> bool:
    """Whether a legal MPEG audio frame header stands first: sync, a layer, a bit rate and a sample rate that exist."""
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 0x08
        and head[1] & 0x06 != 0
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )


def _text_type(path: Path, head: bytes, name: str) -> str | None:
    """The type of a file that is text from its first byte to its last, or None when it is not text."""
    begun = _start_of_text(head)
    if begun is None:
        return None
    start, decoder = begun
    try:
        return _named_text_type(start.lstrip().lower(), name) if _rest_is_text(path, decoder) else None
    except UnicodeDecodeError:
        return None


def _start_of_text(head: bytes) -> tuple[str, codecs.IncrementalDecoder] | None:
    """What the head of a text says, and what decodes the rest; None where it is no text."""
    if head.startswith(_ASCII_DOCUMENTS):
        return None
    decoder = codecs.getincrementaldecoder("utf-16" if head.startswith(_UTF16_MARKS) else "utf-8-sig")()
    try:
        start = decoder.decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return None
    return None if "\0" in start else (start, decoder)


def _rest_is_text(path: Path, decoder: codecs.IncrementalDecoder) -> bool:
    for chunk in _chunks(path, HEAD_BYTES):
        if "\0" in decoder.decode(chunk):
            return False
    decoder.decode(b"", final=True)
    return True


def _named_text_type(start: str, name: str) -> str:
    if start.startswith(_SVG_STARTS) or (start.startswith("<?xml") and "<svg" in start):
        return "image/svg+xml"
    if start.startswith(_HTML_STARTS) or (start.startswith("<?xml") and "<html" in start):
        return "text/html"
    if start.startswith(_PLAYLIST_STARTS) and claimed_kind(name) is not Kind.TEXT:
        return "application/x-playlist"
    return "text/markdown" if extension(name) in ("md", "markdown") else "text/plain"


def _check_picture(path: Path, media_type: str, max_pixels: int) -> None:
    try:
        check_picture(path, max_pixels)
    except BadInput as refusal:
        raise MediaRefused(refusal.code, refusal.message) from refusal
    if not _is_complete(path, media_type):
        raise MediaRefused("bad_media", "the picture is cut off: its end is missing, upload it again")


def _is_complete(path: Path, media_type: str) -> bool:
    if media_type == "image/jpeg":  # FF is stuffed in coded data, so FF D9 after the first scan is the end marker
        scan_start = _jpeg_scan_start(path)
        return scan_start is not None and _holds(path, b"\xff\xd9", scan_start)
    if media_type == "image/png":
        return _holds(path, b"IEND\xaeB`\x82", 8)
    if media_type == "image/webp":
        with path.open("rb") as file:
            declared = int.from_bytes(file.read(8)[4:], "little")
        return path.stat().st_size >= declared + 8
    return True


def _jpeg_scan_start(path: Path) -> int | None:
    """Offset of the first start-of-scan marker: segments are walked, since a thumbnail in EXIF holds markers too."""
    with path.open("rb") as file:
        file.seek(2)
        while len(marker := file.read(2)) == 2 and marker[0] == 0xFF:
            if marker[1] == 0xFF:  # fill byte
                file.seek(-1, 1)
            elif marker[1] == 0xDA:
                return file.tell()
            else:
                length = int.from_bytes(file.read(2), "big")
                file.seek(max(length - 2, 0), 1)
    return None


def _holds(path: Path, needle: bytes, offset: int) -> bool:
    tail = b""
    for chunk in _chunks(path, offset):
        if needle in tail + chunk:
            return True
        tail = chunk[1 - len(needle) :]
    return False


def _chunks(path: Path, offset: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
