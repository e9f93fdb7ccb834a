"""A picture many times as long as wide is cut to its middle before it is scaled; no other one is touched."""

import pytest
from PIL import Image

from pipelines.engines.thin_pictures import middle_of


@pytest.mark.parametrize(
    ("mode", "size_px", "left_px"),
    [
        ("center", (32_767, 1), (17, 1)),
        ("shortest", (2, 32_000), (2, 32)),
        ("border", (32_767, 1), (225, 1)),
        ("longest", (3, 3_000), (3, 672)),
    ],
)
def test_what_is_too_thin_is_cut_at_both_ends(mode: str, size_px: tuple[int, int], left_px: tuple[int, int]) -> None:
    picture = Image.linear_gradient("L").resize(size_px)

    middle = middle_of(picture, mode, 224)

    width, height = middle.size
    left, top = (size_px[0] - width) // 2, (size_px[1] - height) // 2
    assert middle.size == left_px
    assert middle.tobytes() == picture.crop((left, top, left + width, top + height)).tobytes()


@pytest.mark.parametrize(
    ("mode", "size_px"),
    [("center", (1600, 100)), ("shortest", (100, 1600)), ("border", (224, 1)), ("squash", (32_767, 1))],
)
def test_picture_that_is_made_use_of_whole_is_left_whole(mode: str, size_px: tuple[int, int]) -> None:
    picture = Image.new("RGB", size_px)

    assert middle_of(picture, mode, 224) is picture
