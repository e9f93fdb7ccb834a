"""Pages whose text is known, drawn on the spot, and what scanners do to pages."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image, ImageDraw, ImageFont

FONTS = {"DejaVu Sans": "DejaVuSans", "DejaVu Serif": "DejaVuSerif", "DejaVu Sans Mono": "DejaVuSansMono"}
OWN_FONT = "Pillow's own"
MM_PER_INCH, POINTS_PER_INCH = 25.4, 72
A4_MM, A5_MM = (210, 297), (148, 210)
MARGIN_MM, GUTTER_MM = 15, 8
TYPE_POINTS = 11
LINE_HEIGHT = 1.45  # of the type's size
WORDS = (
    "the of and to in is was for that with harbour office ship anchor cargo tide signal keeper lantern winter morning "
    "letter payment received before between through another because people quarter journey village railway machine "
    "question paper measure quickly jump fix vivid zeal wharf exceed oxygen rhythm knowledge judgement Captain Vienna "
    "Lisbon October Wednesday Zurich Quebec Johnson Edward Kingston"
)
PIECES = ("Rope", "Anchor chain", "Fresh water", "Mooring", "Lamp oil", "Canvas", "Pilot fee", "Storage", "Timber")

Type = ImageFont.FreeTypeFont
TypeOf = Callable[[int], Type]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page in RGB and its text as a person reads it, words parted by single spaces."""

    picture: Image.Image
    text: str


def fonts() -> Mapping[str, TypeOf]:
    """Those of ``FONTS`` that this machine has, by their size in pixels; where it has none, Pillow's own."""
    found: dict[str, TypeOf] = {}
    for name, file in FONTS.items():
        try:
            ImageFont.truetype(file, TYPE_POINTS)
        except OSError:
            continue
        found[name] = partial(ImageFont.truetype, file)
    return found or {OWN_FONT: _own_font}


def one_column(chance: random.Random, type_of: TypeOf, dpi: int, size_mm: tuple[int, int] = A5_MM) -> KnownPage:
    """Running text from margin to margin."""
    sheet = _Sheet(type_of, dpi, size_mm)
    return sheet.page(_column(chance, sheet, sheet.margin_px, sheet.width_px - sheet.margin_px))


def two_columns(chance: random.Random, type_of: TypeOf, dpi: int, size_mm: tuple[int, int] = A5_MM) -> KnownPage:
    """Running text in two columns."""
    sheet = _Sheet(type_of, dpi, size_mm)
    middle, half_gutter = sheet.width_px // 2, _pixels(GUTTER_MM, dpi) // 2
    left = _column(chance, sheet, sheet.margin_px, middle - half_gutter)
    return sheet.page(left, _column(chance, sheet, middle + half_gutter, sheet.width_px - sheet.margin_px))


def table(chance: random.Random, type_of: TypeOf, dpi: int, size_mm: tuple[int, int] = A5_MM) -> KnownPage:
    """An item, a number and a price in each row, figures flush right, without rules."""
    sheet = _Sheet(type_of, dpi, size_mm)
    width = sheet.width_px - 2 * sheet.margin_px
    cells: list[_Piece] = []
    for row, y in enumerate(sheet.baselines()):
        item, pieces, price = f"{chance.choice(PIECES)} {row}", chance.randint(1, 99), chance.randint(100, 99_999) / 100
        ends = (sheet.margin_px + round(width * 0.65), sheet.margin_px + width)
        cells.append(_Piece(sheet.margin_px, y, item))
        cells += [_Piece(end, y, told, "rs") for end, told in zip(ends, (str(pieces), f"{price:,.2f}"), strict=True)]
    return sheet.page(cells)


def noisy(picture: Image.Image, deviation: float, seed: int) -> Image.Image:
    """With Gaussian noise of so many of the 255 levels."""
    import numpy as np

    pixels = np.asarray(picture).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, deviation, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Turned against the clock on a larger white sheet, so that nothing is cut off."""
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text at a place; ``anchor`` is Pillow's: on the baseline, from the left or up to the right."""

    x: int
    y: int
    text: str
    anchor: str = "ls"


class _Sheet:
    """A white page on which type of one size is set."""

    def __init__(self, type_of: TypeOf, dpi: int, size_mm: tuple[int, int]) -> None:
        self.width_px, self._height_px = (_pixels(side, dpi) for side in size_mm)
        self.margin_px = _pixels(MARGIN_MM, dpi)
        self.type = type_of(round(TYPE_POINTS / POINTS_PER_INCH * dpi))

    def baselines(self) -> range:
        """Where lines of text stand, from the top."""
        step = round(self.type.size * LINE_HEIGHT)
        return range(self.margin_px + step, self._height_px - self.margin_px, step)

    def page(self, *columns: Sequence[_Piece]) -> KnownPage:
        """What is set, in its order of reading."""
        picture = Image.new("RGB", (self.width_px, self._height_px), "white")
        draw = ImageDraw.Draw(picture)
        pieces = [piece for column in columns for piece in column]
        for piece in pieces:
            draw.text((piece.x, piece.y), piece.text, "black", self.type, piece.anchor)
        return KnownPage(picture, " ".join(piece.text for piece in pieces))


def _column(chance: random.Random, sheet: _Sheet, left: int, right: int) -> list[_Piece]:
    words = _words(chance)
    word = next(words)
    lines: list[_Piece] = []
    for y in sheet.baselines():
        line, word = word, next(words)
        while sheet.type.getlength(f"{line} {word}") <= right - left:
            line, word = f"{line} {word}", next(words)
        lines.append(_Piece(left, y, line))
    return lines


def _words(chance: random.Random) -> Iterator[str]:
    """Sentences without end, with numbers and marks in them."""
    words = WORDS.split()
    while True:
        sentence = [chance.choice(words) for _ in range(chance.randint(6, 14))]
        sentence[chance.randrange(1, len(sentence))] = f"{chance.randint(1, 9999):,}"
        sentence[chance.randrange(1, len(sentence) - 1)] += chance.choice((",", ";", ":"))
        sentence[0] = sentence[0].capitalize()
        yield from (*sentence[:-1], sentence[-1] + chance.choice((".", ".", "?", "!")))


def _own_font(size_px: int) -> Type:
    font = ImageFont.load_default(size_px)
    assert isinstance(font, Type)  # with a size given, it is of FreeType
    return font


def _pixels(length_mm: float, dpi: int) -> int:
    return round(length_mm / MM_PER_INCH * dpi)
