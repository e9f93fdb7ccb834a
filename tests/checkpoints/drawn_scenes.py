"""Drawings with the phrases that are true of them: what a small model of two towers learns, and is asked for.

A scene is one of the shapes of ``drawn_shapes.py`` in one of six bright colours, small or large, on the left or on the
right. Phrases name what is seen in several words each, and may leave any of it out but the shape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from checkpoints.drawn_shapes import SHAPES, Colour, drawn
from PIL import Image

SIZE_PX = 32
SMALL = 0.55  # of the picture's width: smaller shapes are called small, the others large

COLOURS: Mapping[str, Colour] = {
    "red": (250, 105, 105),
    "green": (105, 235, 105),
    "blue": (110, 125, 255),
    "yellow": (250, 245, 105),
    "purple": (225, 110, 245),
    "white": (250, 250, 250),
}
# The first of each is the word that a label has; the others say the same.
SHAPE_WORDS: Mapping[str, Sequence[str]] = {
    "circle": ("circle", "disc", "round spot"),
    "cross": ("cross", "plus sign", "crosswise figure"),
    "square": ("square", "box", "block with four corners"),
    "star": ("star", "asterisk", "figure with five points"),
    "triangle": ("triangle", "pyramid", "wedge with three corners"),
}
COLOUR_WORDS: Mapping[str, Sequence[str]] = {
    "red": ("red", "crimson", "scarlet"),
    "green": ("green", "emerald", "grassy"),
    "blue": ("blue", "azure", "sky-coloured"),
    "yellow": ("yellow", "golden", "lemon"),
    "purple": ("purple", "violet", "magenta"),
    "white": ("white", "pale", "snowy"),
}
SIZE_WORDS: Mapping[str, Sequence[str]] = {"small": ("small", "little", "tiny"), "large": ("large", "big", "huge")}
SIDE_WORDS: Mapping[str, Sequence[str]] = {
    "left": ("on the left", "at the left edge"),
    "right": ("on the right", "at the right edge"),
}
FRAMES = ("a photo of a {}", "a picture of a {}", "a {}", "a drawing of a {}", "{}", "where is the {}")


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be seen; a field that is empty is not told."""

    shape: str
    colour: str = ""
    size: str = ""
    side: str = ""

    def is_true_of(self, other: "Scene") -> bool:
        """Whether all that is told here is so in ``other``."""
        told = (
            (self.shape, other.shape),
            (self.colour, other.colour),
            (self.size, other.size),
            (self.side, other.side),
        )
        return all(not mine or mine == theirs for mine, theirs in told)

    def phrase(self, random: Random) -> str:
        """The scene in words, each chosen at random among those that mean the same."""
        words = [random.choice(choices[name]) for choices, name in self._told() if name]
        side = random.choice(SIDE_WORDS[self.side]) if self.side else ""
        return random.choice(FRAMES).format(" ".join(filter(None, (*words, side))))

    def _told(self) -> Sequence[tuple[Mapping[str, Sequence[str]], str]]:
        return ((SIZE_WORDS, self.size), (COLOUR_WORDS, self.colour), (SHAPE_WORDS, self.shape))


SCENES = tuple(Scene(*one) for one in product(SHAPES, COLOURS))


def drawn_scene(random: Random, scene: Scene | None = None) -> tuple[Image.Image, Scene]:
    """A picture of the shape and colour of ``scene`` (any, if none is given), and all that is to be seen in it."""
    scene = scene or random.choice(SCENES)
    bright = COLOURS[scene.colour]
    varied = tuple(min(255, max(95, channel + random.randint(-20, 20))) for channel in bright)
    made = drawn(random, scene.shape, SIZE_PX, (varied[0], varied[1], varied[2]))
    left, _, right, _ = made.box
    size = "small" if right - left < SMALL * SIZE_PX else "large"
    side = "left" if left + right < SIZE_PX else "right"
    return made.picture, Scene(scene.shape, scene.colour, size, side)


def partly_told(random: Random, scene: Scene) -> Scene:
    """The scene with some of it left out, never its shape."""
    shares = ((scene.colour, 0.8), (scene.size, 0.4), (scene.side, 0.4))
    return Scene(scene.shape, *(value if random.random() < share else "" for value, share in shares))


def every_word() -> list[str]:
    """All that phrases are put together from."""
    choices = (SHAPE_WORDS, COLOUR_WORDS, SIZE_WORDS, SIDE_WORDS)
    return [*FRAMES, *(word for words in choices for several in words.values() for word in several)]
