"""Every kind of picture file becomes an upright picture of three channels of eight bits."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipelines.errors import BadInput
from pipelines.media.picture import read_picture

RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.mark.parametrize(
    ("picture", "image_format", "expected"),
    [
        (Image.new("RGB", (8, 6), RED), "PNG", RED),
        (Image.new("RGB", (8, 6), RED).convert("P"), "GIF", RED),
        (Image.new("RGBA", (8, 6), (255, 0, 0, 255)), "WEBP", RED),
        (Image.new("RGBA", (8, 6), (255, 0, 0, 0)), "PNG", WHITE),
        (Image.new("LA", (8, 6), (0, 0)), "PNG", WHITE),
        (Image.new("L", (8, 6), 128), "BMP", (128, 128, 128)),
        (Image.new("1", (8, 6), 1), "TIFF", WHITE),
        (Image.new("CMYK", (8, 6), (0, 255, 255, 0)), "JPEG", RED),
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
    stored = {
        1: as_seen,
        2: as_seen.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: as_seen.transpose(Image.Transpose.ROTATE_180),
        4: as_seen.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: as_seen.transpose(Image.Transpose.TRANSPOSE),
        6: as_seen.transpose(Image.Transpose.ROTATE_90),
        7: as_seen.transpose(Image.Transpose.TRANSVERSE),
        8: as_seen.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "picture", "PNG", exif=exif)

    upright = read_picture(tmp_path / "picture").upright

    assert np.array_equal(np.asarray(upright), np.asarray(as_seen))


@pytest.mark.parametrize("notes", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0garbage" * 20])
def test_broken_notes_of_the_camera_are_no_reason_to_refuse(tmp_path: Path, notes: bytes) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (8, 6), RED).save(path, "JPEG", exif=notes)

    upright = read_picture(path).upright

    assert upright.size == (8, 6)


def test_first_frame_of_an_animation_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])

    upright = read_picture(path).upright

    assert upright.getpixel((0, 0)) == RED


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
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
