"""Drawing heat over a picture."""

import numpy as np
import pytest
from PIL import Image

from pipelines.media.heat import Shares, with_heat

WHOLE = (0.0, 0.0, 1.0, 1.0)


def colour(picture: Image.Image) -> np.ndarray:
    """How far each pixel is from grey."""
    shown = np.asarray(picture).astype(int)
    return shown.max(axis=2) - shown.min(axis=2)


def test_hot_is_red_and_cold_is_the_picture_in_grey() -> None:
    picture = Image.new("RGB", (100, 50), (0, 120, 200))

    shown = with_heat(picture, [[0.0, 1.0]], WHOLE)

    assert shown.getpixel((0, 25)) == (65, 65, 65)
    red, green, blue = np.asarray(shown)[25, 99].tolist()
    assert red > 150
    assert max(green, blue) < 40


def test_warmer_is_more_coloured() -> None:
    picture = Image.new("RGB", (400, 10), "white")

    shown = colour(with_heat(picture, [[0.0, 0.25, 0.5, 0.75, 1.0]], WHOLE))

    cold, *warmer = shown[5, 40::80].tolist()
    assert cold < 5
    assert warmer == sorted({*warmer})


@pytest.mark.parametrize(
    ("seen", "coloured"),
    [((0.25, 0.0, 0.75, 1.0), (100, 0, 300, 200)), ((0.0, -0.5, 1.0, 1.5), (0, 0, 400, 200))],
)
def test_only_what_was_seen_is_coloured(seen: Shares, coloured: tuple[int, int, int, int]) -> None:
    picture = Image.new("RGB", (400, 200), "white")

    shown = with_heat(picture, [[1.0]], seen)

    assert Image.fromarray(colour(shown).astype(np.uint8)).getbbox() == coloured


def test_large_picture_is_reduced() -> None:
    picture = Image.new("RGB", (3200, 800), "white")

    assert with_heat(picture, [[1.0]], WHOLE).size == (1600, 400)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1)])
def test_smallest_pictures_keep_their_size(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "white")

    assert with_heat(picture, [[0.0, 1.0], [0.5, 0.0]], WHOLE).size == size
