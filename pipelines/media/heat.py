"""Showing where attention went: a picture in grey, and in colour what was looked at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.media.overlay import MAX_SIDE_PX

if TYPE_CHECKING:
    from PIL.Image import Image

_WARM, _HOT = (255, 190, 0), (230, 0, 0)  # both far from grey
_MOST_OPAQUE = 0.75  # what lies below stays recognisable
_DIMMED = 0.7  # of the picture's brightness, so that the colours stand out


Heat = Sequence[Sequence[float]]  # rows of values in 0..1
Shares = tuple[float, float, float, float]  # left, top, right and bottom as shares of the picture's sides


def with_heat(picture: "Image", heat: Heat, seen: Shares) -> "Image":
    """A grey copy of ``picture``, reduced if it is large, with ``heat`` over the part that was ``seen``.

    What was seen may reach beyond the picture. What is outside of it stays grey, as what is cold does.
    """
    from PIL import Image

    scale = min(1.0, MAX_SIDE_PX / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    grey = picture.convert("L").resize(size, reducing_gap=2.0).point(lambda value: round(value * _DIMMED))
    warmth = _laid_over(heat, size, seen)
    coloured = warmth.copy()
    coloured.putpalette([_colour(value / 255)[channel] for value in range(256) for channel in range(3)])
    opacity = warmth.point(lambda value: round(value * _MOST_OPAQUE))
    return Image.composite(coloured.convert("RGB"), grey.convert("RGB"), opacity)


def _laid_over(heat: Heat, size: tuple[int, int], seen: Shares) -> "Image":
    """The heat as a grey picture of ``size``, black where nothing was seen."""
    from PIL import Image

    left, top, right, bottom = (round(share * side) for share, side in zip(seen, size * 2, strict=True))
    rows = Image.frombytes("L", (len(heat[0]), len(heat)), bytes(round(255 * value) for row in heat for value in row))
    layer = Image.new("L", size)
    layer.paste(rows.resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BILINEAR), (left, top))
    return layer


def _colour(warmth: float) -> tuple[int, int, int]:
    red, green, blue = (round(warm + (hot - warm) * warmth) for warm, hot in zip(_WARM, _HOT, strict=True))
    return red, green, blue
