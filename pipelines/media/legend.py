"""A strip below an overlay: labels with bars, colours with swatches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.media.overlay import BLUE, INK, WHITE, lettering

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_TEXT_PX = 18
_ROW_PX = 32
_PAD_PX = 20
_LEAST_WIDTH_PX = 560
_FAINT = (63, 63, 70)

Shares = Sequence[tuple[str, float]]  # a name (a label, or a colour as #rrggbb) and its share in 0..1


def with_legend(picture: "Image", labels: Shares, colours: Shares) -> "Image":
    """A copy of ``picture``, on a canvas wide enough to read, above a dark strip that tells labels and colours."""
    from PIL import Image, ImageDraw

    rows = max(len(labels), 1)
    strip_px = 2 * _PAD_PX + rows * _ROW_PX + _ROW_PX + 12
    width = max(picture.width, _LEAST_WIDTH_PX)
    canvas = Image.new("RGB", (width, picture.height + strip_px), INK)
    canvas.paste(picture, ((width - picture.width) // 2, 0))
    draw = ImageDraw.Draw(canvas)
    _draw_colours(draw, colours, picture.height + _PAD_PX, width)
    top = picture.height + _PAD_PX + _ROW_PX + 12
    if not labels:
        draw.text((_PAD_PX, top), "No labels", font=lettering(_TEXT_PX), fill=(161, 161, 170))
    for row, (label, score) in enumerate(labels):
        _draw_label(draw, label, score, top + row * _ROW_PX, width)
    return canvas


def _draw_colours(draw: "ImageDraw", colours: Shares, top: int, width: int) -> None:
    """One bar as wide as the strip, each colour as wide as its share, its name on it where there is room."""
    left, room = float(_PAD_PX), width - 2 * _PAD_PX
    font = lettering(_TEXT_PX - 4)
    for colour, share in colours:
        right = left + room * share
        draw.rectangle((left, top, right, top + _ROW_PX), fill=colour, outline=_FAINT)
        if font.getlength(colour) + 8 < right - left:
            draw.text(((left + right) / 2, top + _ROW_PX / 2), colour, font=font, fill=_legible_on(colour), anchor="mm")
        left = right


def _draw_label(draw: "ImageDraw", label: str, score: float, top: int, width: int) -> None:
    font = lettering(_TEXT_PX)
    bar_left, bar_right = width * 0.55, width - _PAD_PX - 70
    draw.text((_PAD_PX, top), _fitted(label, bar_left - _PAD_PX - 12), font=font, fill=WHITE)
    draw.rounded_rectangle((bar_left, top + 4, bar_right, top + 16), 6, fill=_FAINT)
    if score * (bar_right - bar_left) >= 1:
        draw.rounded_rectangle((bar_left, top + 4, bar_left + score * (bar_right - bar_left), top + 16), 6, fill=BLUE)
    draw.text((width - _PAD_PX, top), f"{score:.0%}", font=font, fill=WHITE, anchor="ra")


def _fitted(text: str, room_px: float) -> str:
    font = lettering(_TEXT_PX)
    if font.getlength(text) <= room_px:
        return text
    while text and font.getlength(f"{text}...") > room_px:
        text = text[:-1]
    return f"{text}..."


def _legible_on(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else WHITE
