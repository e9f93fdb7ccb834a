"""Opening a picture safely: few formats, its size judged from the header before a pixel is decoded."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pipelines.errors import BadInput
from pipelines.media.heif_boxes import brand_type, largest_picture
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 100_000_000  # 100 Mpx is 300 MB as RGB: above any phone's, below what hurts a worker

MAX_SIDE_PX = 32_767  # OpenCV's and scikit-image's routines index a row in 16 bits, or take memory without bound
_UNKNOWN_HEADER = (
    "the picture cannot be read: its header is broken, or it stores pixels in a way that is not read here, such as"
    " colours as fractions: save it as PNG"
)
_PILLOWS_OWN = sorted(set(PICTURE_FORMATS.values()) - {"HEIF"})

# What Pillow's parsers raise on broken files, found by feeding them garbage.
UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error,
    zlib.error, RuntimeError,
)  # fmt: skip


def check_picture(path: Path, max_pixels: int = MAX_PIXELS) -> None:
    """Parse the header alone. Raises BadInput: ``bad_media`` when broken, ``too_many_pixels`` when too large.

    Needs no decoder of HEIC: the API has none.
    """
    if is_heif(path):
        _check_heif(path, max_pixels)
        return
    with opened_picture(path, max_pixels):
        pass


@contextmanager
def opened_picture(path: Path, max_pixels: int = MAX_PIXELS) -> Iterator["Image"]:
    """The picture with its header parsed and its pixels still on disk. Raises BadInput as ``check_picture`` does."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = max(max_pixels, MAX_PIXELS)  # Pillow's own limit, 89 Mpx, would fire below ours
    with unwarned():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = _opened_heif(path, max_pixels) if is_heif(path) else Image.open(path, formats=_PILLOWS_OWN)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
            raise BadInput(_too_many(max_pixels), code="too_many_pixels") from bomb
        except UNREADABLE as broken:
            raise BadInput(_UNKNOWN_HEADER, code="bad_media") from broken
    with picture:
        check_size(picture.size, max_pixels)
        yield picture


def check_size(size: tuple[int, int], max_pixels: int = MAX_PIXELS) -> None:
    """Raise BadInput ``too_many_pixels`` for a picture of ``size``, width and height, that is not to be decoded."""
    told = f"{size[0]} x {size[1]} pixels"
    if size[0] * size[1] > max_pixels:
        raise BadInput(f"{told}: {_too_many(max_pixels)}", code="too_many_pixels")
    if max(size) > MAX_SIDE_PX:
        raise BadInput(f"{told}: a side may have {MAX_SIDE_PX:,}", code="too_many_pixels")


def is_heif(path: Path) -> bool:
    """Whether the file is HEIC or HEIF, which Pillow cannot open by itself."""
    with path.open("rb") as file:
        return PICTURE_FORMATS.get(brand_type(file.read(256)) or "") == "HEIF"


def _check_heif(path: Path, max_pixels: int) -> None:
    try:
        size = largest_picture(path)
    except ValueError as broken:
        raise BadInput(f"the picture cannot be read: {broken}", code="bad_media") from broken
    check_size(size, max_pixels)


def _opened_heif(path: Path, max_pixels: int) -> "Image":
    from pillow_heif import HeifImageFile

    _check_heif(path, max_pixels)
    return cast("Image", HeifImageFile(path))


@contextmanager
def unwarned() -> Iterator[None]:
    """Pillow's warnings of odd metadata left unsaid: they help no user, and are no reason to refuse a picture."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
        yield


def _too_many(max_pixels: int) -> str:
    return f"the picture has more than {max_pixels / 1e6:g} million pixels: make it smaller and send it again"
