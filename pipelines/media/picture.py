"""Decoding a picture as its taker saw it: upright, three channels of eight bits, whatever the file held."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import BadInput
from pipelines.media.picture_header import MAX_PIXELS, UNREADABLE, opened_picture

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

_WIDE_MODES = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})  # more than eight bits a channel
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0  # TIFF 6.0: the tag PhotometricInterpretation, and one of its values
_WHITE = 65_535  # in sixteen bits
_NEARLY_BLACK = (_WHITE + 1) // 8  # white of thirteen bits
# What further frames are called; those of a JPEG are the camera's own: depth, or the same view in other light.
_SEVERAL = {"TIFF": "pages", "HEIF": "pictures", "GIF": "frames", "PNG": "frames", "WEBP": "frames", "AVIF": "frames"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture. ``upright``: mode RGB, turned by its EXIF orientation. ``format``: such as ``JPEG``.

    ``was_turned``: whether it lay otherwise in the file. ``warnings``: what of the file is not in it.
    """

    upright: "Image"
    format: str
    exif: "Exif"
    was_turned: bool = False
    warnings: tuple[str, ...] = ()


def read_picture(path: Path, max_pixels: int = MAX_PIXELS) -> Picture:
    """Decode the (first) picture of a file.

    Transparent parts turn white. Raises BadInput: ``too_many_pixels`` from the header alone, ``bad_media`` when
    the file is broken or cut off.
    """
    with opened_picture(path, max_pixels) as opened:
        return decoded(opened, (*_left_out(opened),))


def decoded(opened: "Image", warnings: tuple[str, ...] = ()) -> Picture:
    """The frame that ``opened`` stands at, as its taker saw it. Raises BadInput ``bad_media`` when it is broken."""
    from PIL import ExifTags

    exif = _exif(opened)
    was_turned = exif.get(ExifTags.Base.Orientation, 1) in range(2, 9)  # asked now: Pillow turns a TIFF as it loads it
    try:
        opened.load()
        upright = _upright(_as_rgb(opened), exif)
        upright.info.clear()  # comments and the like, which Pillow would write into what is made of it
        return Picture(
            upright,
            opened.format or "",
            exif,
            was_turned,
            (*warnings, *_stretched(opened.mode), *_nearly_black(opened)),
        )
    except UNREADABLE as broken:
        raise BadInput(f"the picture is broken or cut off: {broken}", code="bad_media") from broken


def _left_out(opened: "Image") -> Iterator[str]:
    try:
        several = opened.format in _SEVERAL and getattr(opened, "is_animated", False)
    except UNREADABLE:
        return  # what follows the first frame is broken, and not asked for
    if several:
        yield f"The file holds several {_SEVERAL[opened.format or '']}: only the first was used."


def _stretched(mode: str) -> Iterator[str]:
    if mode in ("I", "F"):
        yield "The file says nothing of its black and white: its least value became black, its greatest white."


def _nearly_black(picture: "Image") -> Iterator[str]:
    """Cameras and scanners of 10 or 12 bits write files of 16, and some do not scale what they saw."""
    import numpy as np

    if not picture.mode.startswith("I;16") or _is_white_zero(picture):
        return
    greatest = int(np.asarray(picture).max())
    if 0 < greatest < _NEARLY_BLACK:
        yield (
            f"The picture is nearly black: its greatest value is {greatest} of {_WHITE}, so that it may hold fewer "
            "bits than it claims."
        )


def _is_white_zero(picture: "Image") -> bool:
    return bool(getattr(picture, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO)


def _exif(picture: "Image") -> "Exif":
    """The camera's notes; none where they are broken, which is no reason to refuse the picture."""
    from PIL import Image

    try:
        return picture.getexif()
    except UNREADABLE:
        return Image.Exif()


def _as_rgb(picture: "Image") -> "Image":
    from PIL import Image

    profile = picture.info.pop("icc_profile", None)
    opaque = _opaque(picture)
    seen = _coloured(picture, profile)
    if opaque is None:
        return seen
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=opaque)
    return paper


def _opaque(picture: "Image") -> "Image | None":
    """How opaque each pixel is, mode L; None where all are."""
    import numpy as np
    from PIL import Image

    clear = picture.info.get("transparency")
    if picture.mode in _WIDE_MODES and clear is not None:  # a PNG's one value that stands for no colour
        return Image.fromarray(np.where(np.asarray(picture) == clear, 0, 255).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or clear is not None:
        return picture.convert("RGBA").getchannel("A")
    return None


def _coloured(picture: "Image", profile: bytes | None) -> "Image":
    """Its colours, whether they are seen or transparent."""
    if picture.mode in _WIDE_MODES:
        return _narrowed(picture).convert("RGB")
    if profile and picture.mode in ("CMYK", "L", "LA"):
        return _in_srgb(picture.convert("L") if picture.mode == "LA" else picture, profile)
    seen = picture.convert("RGBA").convert("RGB") if picture.mode in ("RGBa", "La", "PA") else picture.convert("RGB")
    return _in_srgb(seen, profile) if profile and picture.mode != "LAB" else seen


def _in_srgb(picture: "Image", profile: bytes) -> "Image":
    """The colours the picture's own profile means; those its numbers say where the profile is broken."""
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        converted = None
    if converted is None:
        return picture.convert("RGB")
    converted.info.pop("icc_profile", None)
    return converted


def _narrowed(picture: "Image") -> "Image":
    """Eight bits a pixel: 16-bit values by their high byte, others stretched from their least to their greatest."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    low, high = (0.0, float(_WHITE)) if picture.mode.startswith("I;16") else (float(values.min()), float(values.max()))
    if picture.mode.startswith("I;16") and _is_white_zero(picture):
        values = high - values  # Pillow sees to it in eight bits alone
    grey = (values - low) * (255.0 / (high - low) if high > low else 0.0)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def _upright(picture: "Image", exif: "Exif") -> "Image":
    from PIL import ExifTags, Image

    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }  # what undoes each value of the EXIF tag Orientation
    turn = turns.get(exif.get(ExifTags.Base.Orientation, 1))
    return picture if turn is None else picture.transpose(turn)
