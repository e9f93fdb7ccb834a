"""What a camera noted in a file (EXIF), as JSON: readable names and values, the place only when it is asked for."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipelines.media.picture_header import UNREADABLE, unwarned

if TYPE_CHECKING:
    from PIL.Image import Exif

_LONGEST_TEXT = 300


def camera_notes(exif: "Exif", *, with_location: bool) -> dict[str, Any]:
    """Tags by name; ``GPSLatitude`` and ``GPSLongitude`` in degrees, north and east positive, when asked for and noted.

    Binary tags, thumbnails and makers' private notes are left out, and so is a directory that is broken.
    """
    from PIL import ExifTags

    notes: dict[str, Any] = {}
    for directory in (dict(exif), _directory(exif, ExifTags.IFD.Exif)):
        for tag, value in directory.items():
            name = ExifTags.TAGS.get(tag)
            told = _told(value)
            if name and told is not None and tag not in ExifTags.IFD._value2member_map_:
                notes[name] = told
    if with_location:
        notes.update(_location(_directory(exif, ExifTags.IFD.GPSInfo)))
    return notes


def _directory(exif: "Exif", which: int) -> Mapping[int, Any]:
    try:
        with unwarned():
            return dict(exif.get_ifd(which))
    except UNREADABLE:
        return {}


def _told(value: Any) -> Any:  # Any: EXIF values are text, numbers, fractions, or tuples of them
    if isinstance(value, str):
        text = value.replace("\0", "").strip()[:_LONGEST_TEXT]
        return text.encode("utf-8", "replace").decode("utf-8") or None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, tuple | list):
        told = [_told(part) for part in value[:16]]
        return None if None in told else told
    return None if isinstance(value, bytes) else _number(value)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return round(number, 6) if math.isfinite(number) else None


def _location(gps: Mapping[int, Any]) -> dict[str, float]:
    from PIL.ExifTags import GPS

    latitude = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W", 180)
    if latitude is None or longitude is None:
        return {}
    return {"GPSLatitude": latitude, "GPSLongitude": longitude}


def _degrees(parts: Any, side: Any, negative: str, limit: int) -> float | None:
    numbers = [_number(part) for part in parts] if isinstance(parts, tuple | list) else []
    if len(numbers) != 3 or None in numbers:
        return None
    degrees = sum(number / 60**power for power, number in enumerate(numbers) if number is not None)
    return round(-degrees if side == negative else degrees, 6) if abs(degrees) <= limit else None
