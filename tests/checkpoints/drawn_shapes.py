"""Pictures of one bright shape each, drawn at random, with the right answer and the place beside them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw

FINER = 4  # shapes are drawn so many times as large, and reduced: smooth edges
MOST_TURNED = math.radians(15)

Point = tuple[float, float]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Colour = tuple[int, int, int]  # red, green, blue in 0..255


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, what it shows, and the smallest box around that."""

    picture: Image.Image
    shape: str
    box: Box


def drawn(random: Random, shape: str | None = None, size_px: int = 32, colour: Colour | None = None) -> Drawn:
    """A square picture of ``shape`` (any, if none is named) in a random place, size, turn and colour, with noise.

    The shape is 40 to 80 % as wide as the picture, and brighter than its ground unless it has a ``colour`` that is not.
    """
    shape = shape or random.choice(SHAPES)
    side = size_px * FINER
    radius = side * random.uniform(0.2, 0.4)
    x, y = (random.uniform(radius, side - radius) for _ in "xy")
    mask = Image.new("L", (side, side))
    outline = _turned(_OUTLINES[shape], random.uniform(-MOST_TURNED, MOST_TURNED))
    ImageDraw.Draw(mask).polygon([(x + radius * across, y + radius * down) for across, down in outline], fill=255)
    mask = mask.resize((size_px, size_px), Image.Resampling.BOX)
    picture = Image.new("RGB", mask.size, _colour(random, 0, 90))
    picture.paste(colour or _colour(random, 150, 255), mask=mask)
    box = mask.getbbox()
    assert box is not None
    return Drawn(_noisy(random, picture), shape, box)


def _turned(points: Sequence[Point], turn: float) -> list[Point]:
    cos, sin = math.cos(turn), math.sin(turn)
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in points]


def _corners(count: int, *radii: float, first: float = -math.pi / 2) -> list[Point]:
    """Corners at even angles, at each of ``radii`` in turn; the first points up unless told otherwise."""
    reach = [radii[number % len(radii)] for number in range(count)]
    angles = [first + 2 * math.pi * number / count for number in range(count)]
    return [(length * math.cos(angle), length * math.sin(angle)) for length, angle in zip(reach, angles, strict=True)]


_ARM = 0.3  # half as wide as an arm of the cross
_HALF_CROSS = [(1, _ARM), (_ARM, _ARM), (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM)]
_OUTLINES: Mapping[str, Sequence[Point]] = {
    "circle": _corners(72, 1),
    "cross": [*_HALF_CROSS, *((-x, -y) for x, y in _HALF_CROSS)],
    "square": _corners(4, 1, first=math.pi / 4),
    "star": _corners(10, 1, 0.4),
    "triangle": _corners(3, 1),
}
SHAPES = tuple(_OUTLINES)


def _colour(random: Random, least: int, most: int) -> Colour:
    return (random.randint(least, most), random.randint(least, most), random.randint(least, most))


def _noisy(random: Random, picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(random.getrandbits(32)).normal(0, random.uniform(0, 16), (*picture.size, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))
