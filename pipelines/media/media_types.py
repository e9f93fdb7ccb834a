"""The media types the house takes, and what a file's name claims to be."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file is to a person. Sound and film are one: a ``.webm`` or ``.mp4`` is often a voice recording."""

    SOUND = "audio or video"
    PICTURE = "a picture"
    DOCUMENT = "a PDF document"
    TEXT = "text"
    OTHER = "something else"


_ENDINGS = {
    Kind.SOUND: "aac aif aiff amr avi flac m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpeg mpg oga ogg ogv opus"
    " wav weba webm wma wmv 3gp",
    Kind.PICTURE: "avif bmp gif heic heif ico jfif jpe jpeg jpg png tif tiff webp",
    Kind.DOCUMENT: "pdf",
    Kind.TEXT: "csv json log markdown md rst srt text tsv txt vtt yaml yml",
}
CLAIMED_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}

# The library's names on the left, the registered or usual ones on the right.
USUAL_NAMES = {
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-aiff": "audio/aiff",
    "image/apng": "image/png",
    "video/x-m4v": "video/mp4",
}

SOUNDS = frozenset({
    "audio/mpeg", "audio/wav", "audio/ogg", "audio/flac", "audio/mp4", "audio/aac", "audio/aiff",
    "audio/webm", "audio/x-matroska",
    "video/mp4", "video/webm", "video/x-matroska", "video/quicktime", "video/3gpp",
})  # fmt: skip
PICTURE_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
}
ZIP_TYPE = "application/zip"  # of no use to a pipeline: what a batch unpacks
TAKEN = SOUNDS | PICTURE_FORMATS.keys() | {"application/pdf", "text/plain", "text/markdown", ZIP_TYPE}


def extension(name: str) -> str:
    """The lower-case ending of a user's file name without its dot, empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def claimed_kind(name: str) -> Kind | None:
    """What the ending of ``name`` says the file is; None when it says nothing we know."""
    return CLAIMED_KINDS.get(extension(name))


def kind_of(media_type: str) -> Kind:
    """What a sniffed media type is to a person, taken or not."""
    if media_type == "image/svg+xml":  # markup that can carry scripts, whatever its family says
        return Kind.TEXT
    family = media_type.partition("/")[0]
    if family in ("audio", "video"):
        return Kind.SOUND
    if family == "image":
        return Kind.PICTURE
    if family == "text":
        return Kind.TEXT
    return Kind.DOCUMENT if media_type == "application/pdf" else Kind.OTHER
