"""Drawing what was found onto a copy of the picture: boxes, captions and swatches that stay legible on any ground."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

MAX_SIDE_PX = 1600  # an overlay is looked at, not measured: more only makes it slow to load

GREEN, AMBER, RED, BLUE, VIOLET = (46, 160, 67), (214, 140, 0), (218, 54, 51), (31, 111, 235), (137, 87, 229)
WHITE, INK = (255, 255, 255), (24, 24, 27)

Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]


class Overlay:
    """A canvas over a reduced copy of a picture. Coordinates are pixels of the whole picture."""

    def __init__(self, picture: "Image") -> None:
        from PIL import ImageDraw

        self._scale = min(1.0, MAX_SIDE_PX / max(picture.size))
        size = (max(1, round(picture.width * self._scale)), max(1, round(picture.height * self._scale)))
        self.canvas = picture.resize(size, reducing_gap=2.0) if self._scale < 1 else picture.copy()
        self._draw = ImageDraw.Draw(self.canvas, "RGBA")
        self._stroke_px = max(2, round(max(size) / 500))
        self._text_px = max(11, round(max(size) / 75))

    def outline(self, points: Points, colour: Colour, caption: str = "") -> None:
        """A closed outline with a tinted inside, and a caption on a label of the same colour above it."""
        scaled = self._scaled(points)
        self._draw.polygon(scaled, fill=(*colour, 36))
        self._stroke(scaled, colour)
        if caption:
            left, top = min(x for x, _ in scaled), min(y for _, y in scaled)
            self._label(caption, left, top, colour)

    def frame(self, points: Points, colour: Colour) -> None:
        """A closed outline whose inside stays as it is."""
        self._stroke(self._scaled(points), colour)

    def _scaled(self, points: Points) -> Points:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def _stroke(self, scaled: Points, colour: Colour) -> None:
        self._draw.line([*scaled, scaled[0]], fill=(*colour, 255), width=self._stroke_px, joint="curve")

    def _label(self, caption: str, left: float, top: float, colour: Colour) -> None:
        font = lettering(self._text_px)
        pad = self._text_px // 4
        width, height = round(font.getlength(caption)) + 2 * pad, self._text_px + 2 * pad
        x = min(max(left, 0), max(self.canvas.width - width, 0))
        y = top - height if top >= height else top
        self._draw.rectangle((x, y, x + width, y + height), fill=(*colour, 235))
        self._draw.text((x + pad, y + height / 2), caption, fill=WHITE, font=font, anchor="lm")


def corners(box: Mapping[str, int]) -> Points:
    """The corners of a box ``{x, y, width, height}``, clockwise from the top left."""
    left, top = box["x"], box["y"]
    right, bottom = left + box["width"], top + box["height"]
    return ((left, top), (right, top), (right, bottom), (left, bottom))


@cache
def lettering(size_px: int) -> "FreeTypeFont | ImageFont":
    """Pillow's own typeface (Latin letters), so that overlays look alike on every machine."""
    from PIL import ImageFont

    return ImageFont.load_default(size_px)
