"""Measures that order pictures as an eye would."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from pipelines.media.measurements import dominant_colours, exposure, noise, perceptual_hash, sharpness


@pytest.fixture
def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut())


def bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_colours_are_those_of_the_areas_with_their_shares() -> None:
    flag = Image.new("RGB", (300, 100), (0, 0, 255))
    flag.paste((255, 255, 255), (200, 0, 300, 100))

    colours = dominant_colours(flag)

    assert [colour["hex"] for colour in colours[:2]] == ["#0000ff", "#ffffff"]
    assert [colour["share"] for colour in colours[:2]] == pytest.approx([2 / 3, 1 / 3], abs=0.02)


def test_colours_of_a_picture_are_always_the_same(portrait: Image.Image) -> None:
    first = dominant_colours(portrait)

    second = dominant_colours(portrait)

    assert first == second
    assert sum(colour["share"] for colour in first) == pytest.approx(1, abs=0.01)


def test_sharpness_falls_with_every_blur(portrait: Image.Image) -> None:
    blurred = [portrait.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 2, 4, 8)]

    measured = [sharpness(picture) for picture in blurred]

    assert measured == sorted(measured, reverse=True)
    assert 0 <= measured[-1] < measured[0] <= 1


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (50, 50)])
def test_plain_picture_has_no_sharpness(size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, "teal")

    measured = sharpness(plain)

    assert measured == 0


def test_exposure_tells_shadow_and_glare() -> None:
    halves = Image.new("RGB", (100, 100), "black")
    halves.paste("white", (0, 0, 25, 100))

    measured = exposure(halves)

    assert measured == {"mean": 0.25, "shadows_share": 0.75, "highlights_share": 0.25}


@pytest.mark.parametrize("level", [5, 20])
def test_noise_is_that_which_was_put_in(level: int) -> None:
    ramp = np.tile(np.linspace(80, 170, 400), (300, 1))
    grainy = ramp + np.random.default_rng(0).normal(0, level, ramp.shape)

    measured = noise(Image.fromarray(grainy.clip(0, 255).astype(np.uint8)))

    assert measured == pytest.approx(level / 255, rel=0.05)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 200)])
def test_plain_picture_has_no_noise(size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, "teal")

    measured = noise(plain)

    assert measured == 0


def test_hash_survives_copies_and_tells_pictures_apart(portrait: Image.Image) -> None:
    small_copy = portrait.resize((100, 100)).filter(ImageFilter.GaussianBlur(1))
    other = Image.fromarray(np.asarray(data.coffee()))

    told, copied, different = (perceptual_hash(picture) for picture in (portrait, small_copy, other))

    assert bits_apart(told, copied) <= 6
    assert bits_apart(told, different) >= 16
