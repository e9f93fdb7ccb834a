"""Comparing two pictures: what is measured, where they differ, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data

from pipelines.contract import Context, Source
from pipelines.errors import BadInput, Cancelled
from pipelines.media.differences import scaled
from pipelines.standalone import run_pipeline

Pair = Callable[..., list[Source]]


@pytest.fixture
def portrait() -> Image.Image:
    return Image.fromarray(data.astronaut())


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Saves two pictures and gives them as a job's sources; ``second_as`` goes to Pillow."""

    def write(first: Image.Image, second: Image.Image, second_as: str = "PNG", **save: object) -> list[Source]:
        first.save(tmp_path / "first", "PNG")
        second.save(tmp_path / "second", second_as, **save)
        return [Source(tmp_path / name, name, "image/png", 1) for name in ("first", "second")]

    return write


def with_patch(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    changed = picture.copy()
    ImageDraw.Draw(changed).rectangle(box, fill=(250, 240, 20))
    return changed


def test_identical_pictures_differ_in_nothing(portrait: Image.Image, pair: Pair, context: Context) -> None:
    sources = pair(portrait, portrait)

    finished = run_pipeline("image.compare", sources, {}, context)

    assert finished.result.body == {
        "width_px": 512,
        "height_px": 512,
        "ssim": 1.0,
        "psnr_db": None,
        "mean_delta_e": 0.0,
        "hash_bits_apart": 0,
        "changed_share": 0.0,
        "regions_count": 0,
        "regions": [],
    }
    assert (finished.result.engine.name, list(finished.result.warnings)) == ("scikit-image", [])


def test_change_is_boxed_where_it_is(portrait: Image.Image, pair: Pair, context: Context) -> None:
    sources = pair(portrait, with_patch(portrait, (350, 400, 420, 470)))

    body = run_pipeline("image.compare", sources, {}, context).result.body

    [box] = body["regions"]
    assert [box[side] for side in ("x", "y", "width", "height")] == pytest.approx([350, 400, 71, 71], abs=6)
    assert body["changed_share"] == pytest.approx(71 * 71 / 512**2, rel=0.2)
    assert body["ssim"] < 1


def test_several_changes_come_by_size(portrait: Image.Image, pair: Pair, context: Context) -> None:
    small = with_patch(portrait, (20, 20, 40, 40))
    sources = pair(portrait, with_patch(small, (300, 300, 400, 400)))

    body = run_pipeline("image.compare", sources, {}, context).result.body

    assert body["regions_count"] == 2
    assert [box["width"] > 60 for box in body["regions"]] == [True, False]


def test_compression_is_measured_and_is_no_change(portrait: Image.Image, pair: Pair, context: Context) -> None:
    sources = pair(portrait, portrait, "JPEG", quality=70)

    body = run_pipeline("image.compare", sources, {}, context).result.body

    assert 0.8 < body["ssim"] < 1
    assert 25 < body["psnr_db"] < 45
    assert 0 < body["mean_delta_e"] < 5
    assert (body["regions"], body["hash_bits_apart"] <= 4) == ([], True)


def test_signal_to_noise_is_that_of_the_error_put_in(pair: Pair, context: Context) -> None:
    sources = pair(Image.new("RGB", (40, 300), (100, 100, 100)), Image.new("RGB", (40, 300), (110, 110, 110)))

    body = run_pipeline("image.compare", sources, {}, context).result.body

    assert body["psnr_db"] == pytest.approx(20 * np.log10(255 / 10), abs=0.001)


def test_threshold_decides_what_has_changed(pair: Pair, context: Context) -> None:
    sources = pair(Image.new("RGB", (60, 60), (100, 100, 100)), Image.new("RGB", (60, 60), (110, 110, 110)))

    strict = run_pipeline("image.compare", sources, {"threshold_delta_e": 1}, context).result.body
    lenient = run_pipeline("image.compare", sources, {"threshold_delta_e": 20}, context).result.body

    assert strict["regions"] == [{"x": 0, "y": 0, "width": 60, "height": 60}]
    assert lenient["regions"] == []


def test_difference_is_drawn_red_over_the_first(portrait: Image.Image, pair: Pair, context: Context) -> None:
    sources = pair(portrait, with_patch(portrait, (350, 400, 420, 470)))

    finished = run_pipeline("image.compare", sources, {}, context)

    output = finished.output("difference.png")
    drawn = np.asarray(Image.open(output.path)).astype(int)
    redness = drawn[:, :, 0] - drawn[:, :, 2]
    assert (output.media_type, drawn.shape) == ("image/png", (512, 512, 3))
    assert np.median(redness[410:460, 360:410]) > 60
    assert np.abs(redness[:300]).max() == 0


def test_second_of_another_size_is_resized_with_a_warning(portrait: Image.Image, pair: Pair, context: Context) -> None:
    sources = pair(portrait, portrait.resize((400, 400)))

    finished = run_pipeline("image.compare", sources, {}, context)

    assert list(finished.result.warnings) == [
        "The second picture was resized from 400 x 400 to the first one's 512 x 512 pixels."
    ]
    assert (finished.result.body["ssim"] > 0.9, finished.result.body["regions"]) == (True, [])


@pytest.mark.parametrize(("size", "refused"), [((400, 404), False), ((400, 412), True), ((412, 400), True)])
def test_another_shape_is_refused(size: tuple[int, int], refused: bool, pair: Pair, context: Context) -> None:
    sources = pair(Image.new("RGB", (200, 200)), Image.new("RGB", size))
    code = ""

    try:
        run_pipeline("image.compare", sources, {}, context)
    except BadInput as error:
        code = error.code

    assert code == ("sizes_differ" if refused else "")


def test_large_pictures_are_compared_reduced_and_boxed_at_their_size(pair: Pair, context: Context) -> None:
    large = Image.new("RGB", (4000, 3000), "white")
    sources = pair(large, with_patch(large, (2000, 1000, 2399, 1399)))

    finished = run_pipeline("image.compare", sources, {}, context)

    assert [warning for warning in finished.result.warnings if "compared at 2309 x 1732 pixels" in warning] != []
    [box] = finished.result.body["regions"]
    assert [box[side] for side in ("x", "y", "width", "height")] == pytest.approx([2000, 1000, 400, 400], abs=12)


@pytest.mark.parametrize("size", [(2482, 1655), (1999, 1001)])
def test_box_of_the_whole_is_no_larger_than_the_picture(size: tuple[int, int]) -> None:
    whole = {"x": 0, "y": 0, "width": 1219, "height": 813}

    box = scaled(whole, (1219, 813), size)

    assert box == {"x": 0, "y": 0, "width": size[0], "height": size[1]}


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (6, 6)])
def test_threads_of_pixels_have_no_structure_to_compare(size: tuple[int, int], pair: Pair, context: Context) -> None:
    sources = pair(Image.new("RGB", size, "white"), Image.new("RGB", size, "black"))

    body = run_pipeline("image.compare", sources, {}, context).result.body

    assert (body["ssim"], body["psnr_db"], body["mean_delta_e"]) == (None, 0.0, 100.0)


def test_cancelled_comparison_leaves_nothing(portrait: Image.Image, pair: Pair, context: Context) -> None:
    calls: list[str] = []

    def check() -> None:
        calls.append("asked")
        if len(calls) > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_pipeline("image.compare", pair(portrait, portrait), {}, replace(context, check=check))

    assert list(context.workdir.iterdir()) == []
