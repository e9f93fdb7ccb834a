"""EXIF as JSON: the place kept back, and nonsense left out."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipelines.media.camera_notes import camera_notes
from pipelines.media.picture_header import UNREADABLE, unwarned


def reread(exif: Image.Exif) -> Image.Exif:
    """As it comes back from a file."""
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "JPEG", exif=exif)
    return Image.open(buffer).getexif()


def with_place(latitude: Any, longitude: Any, sides: str = "NE") -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: sides[0], 2: latitude, 3: sides[1], 4: longitude})
    return exif


def test_tags_of_both_directories_have_names_and_plain_values() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Example Cameras\0"
    exif.get_ifd(0x8769).update({0x829A: 0.01, 0x8827: 400, 0x9286: b"binary comment", 0x927C: b"private"})

    notes = camera_notes(reread(exif), with_location=False)

    assert notes == {"Make": "Example Cameras", "ExposureTime": 0.01, "ISOSpeedRatings": 400}


def test_place_is_kept_back_unless_asked_for() -> None:
    exif = reread(with_place((48.0, 12.0, 30.0), (11.0, 30.0, 0.0)))

    notes = camera_notes(exif, with_location=False)

    assert notes == {}


def test_place_is_told_in_degrees_with_its_side() -> None:
    exif = reread(with_place((33.0, 51.0, 36.0), (151.0, 12.0, 0.0), "SE"))

    notes = camera_notes(exif, with_location=True)

    assert notes == {"GPSLatitude": -33.86, "GPSLongitude": 151.2}


@pytest.mark.parametrize("latitude", [(1.0,), "48 N", (float("nan"), 0.0, 0.0), (91.0, 0.0, 0.0), None])
def test_nonsense_place_is_left_out(latitude: Any) -> None:
    exif = with_place(latitude, (11.0, 30.0, 0.0))

    notes = camera_notes(exif, with_location=True)

    assert notes == {}


@given(st.binary(max_size=300))
def test_any_bytes_become_json(content: bytes) -> None:
    exif = Image.Exif()
    try:
        with unwarned():
            exif.load(b"Exif\0\0II*\0\x08\0\0\0" + content)
    except UNREADABLE:
        exif = Image.Exif()

    notes = camera_notes(exif, with_location=True)

    assert json.loads(json.dumps(notes, allow_nan=False)) == notes
