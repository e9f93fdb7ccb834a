"""Every kind of picture file becomes an upright picture of three channels of eight bits."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from pipelines.errors import BadInput
from pipelines.media.picture import read_picture

RED, WHITE = (255, 0, 0), (255, 255, 255)

pillow_heif.register_heif_opener()  # for saving: what is tested opens HEIC without it


@pytest.mark.parametrize(
    ("picture", "image_format", "expected"),
    [
        (Image.new("RGB", (8, 6), RED), "PNG", RED),
        (Image.new("RGB", (8, 6), RED).convert("P"), "GIF", RED),
        (Image.new("RGBA", (8, 6), (255, 0, 0, 255)), "WEBP", RED),
        (Image.new("RGBA", (8, 6), (255, 0, 0, 0)), "PNG", WHITE),
        (Image.new("RGBA", (8, 6), (255, 0, 0, 0)), "TIFF", WHITE),
        (Image.new("RGB", (64, 64), RED), "HEIF", RED),
        (Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "HEIF", WHITE),
        (Image.new("RGB", (64, 64), RED), "AVIF", RED),
        (Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "AVIF", WHITE),
        (Image.new("LA", (8, 6), (0, 0)), "PNG", WHITE),
        (Image.new("L", (8, 6), 128), "BMP", (128, 128, 128)),
        (Image.new("1", (8, 6), 1), "TIFF", WHITE),
        (Image.new("1", (8, 6), 0), "PNG", (0, 0, 0)),
        (Image.new("CMYK", (8, 6), (0, 255, 255, 0)), "JPEG", RED),
        (Image.new("CMYK", (8, 6), (0, 255, 255, 0)), "TIFF", RED),
        (Image.new("YCbCr", (8, 6), (76, 85, 255)), "TIFF", RED),
        (Image.new("LAB", (8, 6), (136, 208, 195)), "TIFF", (250, 3, 11)),  # L 53, a 80, b 67
        (Image.fromarray(np.full((6, 8), 0x8000, np.uint16)), "PNG", (127, 127, 127)),
        (Image.fromarray(np.full((6, 8), 0xFFFF, np.uint16)), "TIFF", WHITE),
        (Image.fromarray(np.array([[0.5, np.nan], [0.5, 0.5]], np.float32)), "TIFF", WHITE),
    ],
)
def test_colours_survive_every_mode(
    tmp_path: Path, picture: Image.Image, image_format: str, expected: tuple[int, int, int]
) -> None:
    path = tmp_path / "picture"
    picture.save(path, image_format)

    upright = read_picture(path).upright

    assert (upright.mode, upright.size) == ("RGB", picture.size)
    assert upright.getpixel((0, 0)) == pytest.approx(expected, abs=3)


@pytest.mark.parametrize("ending", [".png", ".tif"])
@pytest.mark.parametrize("stored", [(0x8000, 0, 0xFFFF), (0x8000, 0, 0xFFFF, 0)])
def test_sixteen_bit_colours_are_scaled_and_not_clipped(tmp_path: Path, stored: tuple[int, ...], ending: str) -> None:
    path = tmp_path / f"picture{ending}"
    order = [2, 1, 0, 3][: len(stored)]  # OpenCV has blue first
    cv2.imwrite(str(path), np.tile(np.array(stored, np.uint16)[order], (6, 8, 1)))

    upright = read_picture(path).upright

    assert upright.getpixel((0, 0)) == pytest.approx((128, 0, 255) if len(stored) == 3 else WHITE, abs=1)


@pytest.mark.parametrize("values", [[[0.25, 1.5], [2.75, 0.25]], [[-70_000, 0], [70_000, -70_000]]])
def test_numbers_without_a_scale_are_stretched_with_a_warning(tmp_path: Path, values: list[list[float]]) -> None:
    path = tmp_path / "picture"
    kind = np.float32 if isinstance(values[0][0], float) else np.int32
    Image.fromarray(np.array(values, kind)).save(path, "TIFF")

    picture = read_picture(path)

    assert [picture.upright.getpixel(at) for at in ((0, 0), (1, 0), (0, 1))] == [(0,) * 3, (127,) * 3, WHITE]
    assert [warning.split(":")[0] for warning in picture.warnings] == ["The file says nothing of its black and white"]


def test_inks_mixed_from_luminance_are_seen_in_their_colours(tmp_path: Path) -> None:
    """YCCK, as Photoshop writes it: three channels as YCbCr, all inverted, told by Adobe's marker."""
    path = tmp_path / "picture"
    Image.new("CMYK", (16, 16), (76, 84, 255, 0)).save(path, "JPEG", quality=100)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Adobe\0\x64\0\0\0\0\0", b"Adobe\0\x64\0\0\0\0\2"))

    upright = read_picture(path).upright

    assert path.read_bytes() != content
    assert upright.getpixel((8, 8)) == pytest.approx(RED, abs=4)


def test_palette_with_a_transparent_colour_shows_paper(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    red = Image.new("RGB", (4, 4), RED).convert("P")
    red.save(path, "PNG", transparency=red.getpixel((0, 0)))

    upright = read_picture(path).upright

    assert upright.getpixel((0, 0)) == WHITE


def test_colours_are_those_the_embedded_profile_means(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (8, 6), RED).save(path, "PNG", icc_profile=profile)

    upright = read_picture(path).upright

    assert upright.getpixel((0, 0)) == pytest.approx(RED, abs=2)
    assert "icc_profile" not in upright.info


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
def test_broken_colour_profile_is_no_reason_to_refuse(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture"
    Image.new(mode, (8, 6)).save(path, "JPEG", icc_profile=b"no profile at all")

    upright = read_picture(path).upright

    assert (upright.mode, "icc_profile" in upright.info) == ("RGB", False)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_undone(tmp_path: Path, orientation: int) -> None:
    as_seen = Image.new("RGB", (40, 20), "white")
    as_seen.paste(RED, (0, 0, 10, 10))  # the corner at the top left, seen upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    _stored(as_seen, orientation).save(tmp_path / "picture", "PNG", exif=exif)

    upright = read_picture(tmp_path / "picture").upright

    assert np.array_equal(np.asarray(upright), np.asarray(as_seen))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_picture_that_lay_on_its_side_says_so(tmp_path: Path, image_format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "picture", image_format, exif=exif)

    picture = read_picture(tmp_path / "picture")

    assert (picture.upright.size, picture.was_turned) == ((20, 40), True)


def grey_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()  # any that a grey picture cannot be in


@pytest.mark.parametrize(
    ("picture", "notes"),
    [
        (Image.new("L", (8, 6), 0), {"transparency": 0, "icc_profile": grey_profile()}),
        (Image.new("LA", (8, 6), (0, 0)), {"icc_profile": grey_profile()}),
        (Image.fromarray(np.full((6, 8), 7, np.uint16)), {"transparency": 7}),
    ],
)
def test_transparent_grey_shows_paper(tmp_path: Path, picture: Image.Image, notes: dict[str, Any]) -> None:
    picture.save(tmp_path / "picture", "PNG", **notes)

    assert read_picture(tmp_path / "picture").upright.getpixel((0, 0)) == WHITE


def test_sixteen_bits_whose_zero_is_white_are_no_negative(tmp_path: Path) -> None:
    black = Image.fromarray(np.full((6, 8), 0xFFFF, np.uint16))
    black.save(tmp_path / "picture", "TIFF", tiffinfo={262: 0})

    assert read_picture(tmp_path / "picture").upright.getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("image_format", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_that_the_container_and_the_camera_both_noted_are_made_once(
    tmp_path: Path, orientation: int, image_format: str
) -> None:
    as_seen = Image.new("RGB", (160, 80), "white")
    as_seen.paste(RED, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = orientation
    _stored(as_seen, orientation).save(tmp_path / "picture", image_format, exif=exif.tobytes(), quality=95)

    upright = read_picture(tmp_path / "picture").upright

    assert np.asarray(upright).shape == (80, 160, 3)
    assert upright.getpixel((20, 20)) == pytest.approx(RED, abs=8)
    assert upright.getpixel((140, 20)) == upright.getpixel((20, 70)) == pytest.approx(WHITE, abs=8)


@pytest.mark.parametrize("notes", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0garbage" * 20])
def test_broken_notes_of_the_camera_are_no_reason_to_refuse(tmp_path: Path, notes: bytes) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (8, 6), RED).save(path, "JPEG", exif=notes)

    upright = read_picture(path).upright

    assert upright.size == (8, 6)


@pytest.mark.parametrize(
    ("image_format", "called"),
    [
        ("GIF", "frames"),
        ("WEBP", "frames"),
        ("PNG", "frames"),
        ("AVIF", "frames"),
        ("TIFF", "pages"),
        ("HEIF", "pictures"),
    ],
)
def test_first_of_several_frames_is_taken_with_a_warning(tmp_path: Path, image_format: str, called: str) -> None:
    path = tmp_path / "picture"
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    frames[0].save(path, image_format, save_all=True, append_images=frames[1:])

    picture = read_picture(path)

    assert picture.upright.getpixel((0, 0)) == pytest.approx(RED, abs=3)
    assert picture.warnings == (f"The file holds several {called}: only the first was used.",)


def test_single_frame_needs_no_warning(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6), RED).save(tmp_path / "picture", "GIF")

    picture = read_picture(tmp_path / "picture")

    assert picture.warnings == ()


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
def test_cut_off_file_is_bad_media(tmp_path: Path, image_format: str) -> None:
    path = tmp_path / "picture"
    Image.effect_noise((200, 200), 80).convert("RGB").save(path, image_format)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(BadInput) as refused:
        read_picture(path)

    assert refused.value.code == "bad_media"


def test_other_formats_are_never_parsed(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (8, 6), RED).save(path, "PPM")

    with pytest.raises(BadInput) as refused:
        read_picture(path)

    assert refused.value.code == "bad_media"


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("1", (20_000, 20_000)).save(path, "PNG")

    with pytest.raises(BadInput) as refused:
        read_picture(path)

    assert refused.value.code == "too_many_pixels"
    assert path.stat().st_size < 100_000


def _stored(as_seen: Image.Image, orientation: int) -> Image.Image:
    """What a camera writes beside this note of its orientation."""
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return as_seen.transpose(turns[orientation]) if orientation in turns else as_seen


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_picture_of_twelve_bits_in_sixteen_is_told_to_be_nearly_black(tmp_path, form):
    path = tmp_path / "picture"
    Image.fromarray(np.full((6, 8), 4095, np.uint16)).save(path, form)

    picture = read_picture(path)

    [warning] = picture.warnings
    assert "its greatest value is 4095 of 65535" in warning


@pytest.mark.parametrize("greatest", [0, 8192, 65_535])
def test_picture_that_is_black_or_as_bright_as_its_bits_is_not_warned_of(tmp_path, greatest):
    path = tmp_path / "picture.png"
    Image.fromarray(np.full((6, 8), greatest, np.uint16)).save(path)

    assert read_picture(path).warnings == ()
