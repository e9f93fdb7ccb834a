"""What enhancing does to pictures, seen in their pixels."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from skimage import data

from pipelines.contract import Context
from pipelines.errors import BadInput, Cancelled
from pipelines.standalone import Finished, run_pipeline
from tests.pipelines.image.conftest import AsSource

NOTHING = {"contrast": 0}


def pixels(finished: Finished) -> "np.ndarray[Any, Any]":
    return np.asarray(Image.open(finished.outputs[0].path).convert("RGB")).astype(float)


def error(one: "np.ndarray[Any, Any]", other: "np.ndarray[Any, Any]") -> float:
    return float(np.sqrt(np.mean((one - other) ** 2)))


@pytest.fixture
def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut()[:300, 100:400])


def test_nothing_asked_for_changes_no_pixel(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.enhance", [source], NOTHING, context)

    assert np.array_equal(pixels(finished), np.asarray(portrait))
    body = finished.result.body
    assert (body["width_px"], body["height_px"], body["operations"]) == (300, 300, [])
    assert body["before"] == body["after"]


def test_noise_goes_and_the_picture_stays(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    clean = np.asarray(portrait).astype(float)
    noise = np.random.default_rng(0).normal(0, 25, clean.shape)
    noisy = (clean + noise).clip(0, 255)
    source = as_source(Image.fromarray(noisy.astype(np.uint8)))

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "denoise": 0.5}, context)

    assert error(pixels(finished), clean) < 0.5 * error(noisy, clean)
    assert finished.result.engine.model == "nl_means"


def test_noise_and_sharpness_are_told_before_and_after(
    portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    noise = np.random.default_rng(0).normal(0, 25, (300, 300, 1))
    source = as_source(Image.fromarray((np.asarray(portrait) + noise).clip(0, 255).astype(np.uint8)))

    body = run_pipeline("image.enhance", [source], {**NOTHING, "denoise": 1}, context).result.body

    assert body["before"]["noise"] == pytest.approx(25 / 255, rel=0.25)
    assert body["after"]["noise"] < 0.3 * body["before"]["noise"]
    assert body["after"]["sharpness"] < body["before"]["sharpness"]
    assert set(body["after"]["exposure"]) == {"mean", "shadows_share", "highlights_share"}


@pytest.mark.parametrize(("size", "drawn"), [((3000, 1500), (1600, 434)), ((100, 300), (408, 636))])
def test_before_and_after_stand_side_by_side(
    size: tuple[int, int], drawn: tuple[int, int], as_source: AsSource, context: Context
) -> None:
    source = as_source(Image.new("RGB", size, (90, 90, 90)))

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "upscale": 2}, context)

    comparison = Image.open(finished.output("comparison.png").path)
    middle = 36 + (drawn[1] - 36) // 2
    assert comparison.size == drawn
    assert [comparison.getpixel((x, middle)) for x in (drawn[0] // 4, drawn[0] * 3 // 4)] == [(90, 90, 90)] * 2
    assert np.asarray(comparison.crop((0, 0, drawn[0] // 2, 36))).max() > 200  # its label


def test_denoising_in_bands_leaves_no_seams(as_source: AsSource, context: Context) -> None:
    ramp = np.tile(np.linspace(60, 190, 100), (600, 1))[:, :, None].repeat(3, axis=2)
    noisy = ramp + np.random.default_rng(0).normal(0, 12, ramp.shape)
    source = as_source(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)))

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "denoise": 0.5}, context)

    steps = np.abs(np.diff(pixels(finished).mean(axis=(1, 2))))
    assert steps[250:260].max() <= steps.max() * 1.01
    assert steps[255] < 5 * np.median(steps) + 0.5


def test_contrast_widens_the_range_and_keeps_the_hue(as_source: AsSource, context: Context) -> None:
    dull = np.zeros((200, 200, 3), np.uint8)
    dull[:, :, 0] = np.linspace(110, 140, 200).astype(np.uint8)
    dull[:, :, 1:] = (dull[:, :, :1] * 0.8).astype(np.uint8)
    source = as_source(Image.fromarray(dull))

    finished = run_pipeline("image.enhance", [source], {"contrast": 1}, context)

    enhanced = pixels(finished)
    assert np.ptp(enhanced[:, :, 0]) > 2 * np.ptp(dull[:, :, 0])
    assert (enhanced[:, :, 0] > enhanced[:, :, 1]).mean() > 0.99


def test_sharpening_steepens_an_edge(as_source: AsSource, context: Context) -> None:
    row = 120 + 40 * np.tanh((np.arange(100) - 50) / 3)
    soft = np.tile(row, (60, 1))[:, :, None].repeat(3, axis=2).astype(np.uint8)
    source = as_source(Image.fromarray(soft))

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "sharpen": 0.8}, context)

    assert np.abs(np.diff(pixels(finished)[30, :, 0])).max() > np.abs(np.diff(soft[30, :, 0].astype(float))).max()


def test_enlarging_multiplies_the_sides(portrait: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "upscale": 1.5}, context)

    assert (finished.result.body["width_px"], finished.result.body["height_px"]) == (450, 450)
    assert finished.result.body["operations"] == ["enlarge 1.5 times"]


def test_quarter_turn_is_clockwise_and_exact(as_source: AsSource, context: Context) -> None:
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste((255, 0, 0), (0, 0, 10, 10))
    source = as_source(picture)

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "rotate_degrees": 90}, context)

    turned = Image.open(finished.outputs[0].path)
    assert turned.size == (20, 40)
    assert (turned.getpixel((19, 0)), turned.getpixel((0, 0))) == ((255, 0, 0), (255, 255, 255))


def test_photo_on_its_side_is_turned_upright_and_its_notes_are_left_behind(
    as_source: AsSource, context: Context
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "A camera"
    source = as_source(Image.new("RGB", (40, 20)), "JPEG", exif=exif, comment=b"where I live")

    finished = run_pipeline("image.enhance", [source], {**NOTHING, "format": "jpeg"}, context)

    with Image.open(finished.outputs[0].path) as written:
        assert (written.size, dict(written.getexif())) == ((20, 40), {})
    assert b"where I live" not in finished.outputs[0].path.read_bytes()
    assert finished.result.body["operations"] == ["turn upright"]


@pytest.mark.parametrize(
    ("image_format", "first_bytes"), [("png", b"\x89PNG"), ("jpeg", b"\xff\xd8"), ("webp", b"RIFF")]
)
def test_format_is_what_was_asked_for(
    image_format: str, first_bytes: bytes, portrait: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(portrait)

    finished = run_pipeline("image.enhance", [source], {"format": image_format}, context)

    output = finished.outputs[0]
    assert (output.name, output.media_type) == (f"enhanced.{image_format}", f"image/{image_format}")
    assert output.path.read_bytes().startswith(first_bytes)


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 2)])
def test_threads_of_pixels_survive_every_step(size: tuple[int, int], as_source: AsSource, context: Context) -> None:
    source = as_source(Image.effect_noise(size, 60))
    everything = {"denoise": 1, "contrast": 1, "sharpen": 1, "upscale": 2}

    finished = run_pipeline("image.enhance", [source], everything, context)

    assert (finished.result.body["width_px"], finished.result.body["height_px"]) == (2 * size[0], 2 * size[1])


def test_result_beyond_the_pixel_cap_is_refused_before_any_work(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("1", (6000, 5000)))

    with pytest.raises(BadInput) as refused:
        run_pipeline("image.enhance", [source], {"upscale": 2}, context)

    assert refused.value.code == "too_many_pixels"
    assert list(context.workdir.iterdir()) == []


def test_side_that_webp_cannot_hold_is_refused_with_the_mend(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("1", (17_000, 10)))

    with pytest.raises(BadInput, match="choose png"):
        run_pipeline("image.enhance", [source], {"format": "webp"}, context)


@pytest.mark.parametrize("params", [{"upscale": 9}, {"denoise": -1}, {"format": "gif"}, {"blur": 1}])
def test_bad_params_are_refused(params: dict[str, Any], as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("1", (4, 4)))

    with pytest.raises(ValidationError):
        run_pipeline("image.enhance", [source], params, context)


def test_cancel_is_seen_between_bands(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.effect_noise((50, 2000), 60))
    calls: list[str] = []

    def check() -> None:
        calls.append("asked")
        if len(calls) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_pipeline("image.enhance", [source], {"denoise": 1}, replace(context, check=check))

    assert list(context.workdir.iterdir()) == []
