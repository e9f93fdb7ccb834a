"""Opening a picture safely: few formats, its size judged from the header before a pixel is decoded."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import BadInput
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 100_000_000  # 100 Mpx is 300 MB as RGB: above any phone's, below what hurts a worker

MAX_SIDE_PX = 32_767  # OpenCV's and scikit-image's routines index a row in 16 bits, or take memory without bound
# What Pillow's parsers raise on broken files, found by feeding them garbage.
UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error,
    zlib.error,
)  # fmt: skip


def check_picture(path: Path, max_pixels: int = MAX_PIXELS) -> None:
    """Parse the header alone. Raises BadInput: ``bad_media`` when broken, ``too_many_pixels`` when too large."""
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
            picture = Image.open(path, formats=list(PICTURE_FORMATS.values()))
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
            raise BadInput(_too_many(max_pixels), code="too_many_pixels") from bomb
        except UNREADABLE as broken:
            raise BadInput("the picture cannot be read: its header is broken", code="bad_media") from broken
    with picture:
        if picture.width * picture.height > max_pixels:
            size = f"{picture.width} x {picture.height}"
            raise BadInput(f"{size} pixels: {_too_many(max_pixels)}", code="too_many_pixels")
        if max(picture.size) > MAX_SIDE_PX:
            size = f"{picture.width} x {picture.height}"
            raise BadInput(f"{size} pixels: a side may have {MAX_SIDE_PX:,}", code="too_many_pixels")
        yield picture


@contextmanager
def unwarned() -> Iterator[None]:
    """Pillow's warnings of odd metadata left unsaid: they help no user, and are no reason to refuse a picture."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
        yield


def _too_many(max_pixels: int) -> str:
    return f"the picture has more than {max_pixels / 1e6:g} million pixels: make it smaller and send it again"
