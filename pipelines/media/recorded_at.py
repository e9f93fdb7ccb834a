"""When a file was recorded, as it tells itself: by its container, its camera's notes or its name, and never guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.media_types import Kind, kind_of

# What tells an earlier year is a clock that was never set: they begin at 1904, 1970 and 1980.
FIRST_YEAR, LAST_YEAR = 1990, 2199
APPLE_DATE = "com.apple.quicktime.creationdate"  # with the zone, where creation_time has UTC alone
ANDROID_VERSION = "com.android.version"

_FIELDS = r"(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?:[ T_-]| at |)(\d\d)([-_.:]?)(\d\d)\6(\d\d)(?:\d{3})?(Z?)"
# Not inside of a longer number, and of no half of a day: which one is written in many ways.
_IN_NAME = re.compile(rf"(?<!\d){_FIELDS}(?![0-9]|\s?[AaPp]\.?[Mm])")
_UTC_NAMES = "PXL_"  # Google's phones name their files by UTC


class Sign(StrEnum):
    """What tells the time, the surest first."""

    CONTAINER = "creation_time"
    CAMERA = "DateTimeOriginal"
    NAME = "file name"


@dataclass(frozen=True, slots=True)
class RecordedAt:
    """When a recording began or a picture was taken.

    ``time``: in UTC where the file tells enough to know that; else by a clock of some zone, without one. ``ahead``: how
    much the clock was ahead of UTC, None where that is not told.
    """

    time: datetime
    sign: Sign
    ahead: timedelta | None = None

    @property
    def names_zone(self) -> bool:
        """Whether it can be compared with times of other zones."""
        return self.time.tzinfo is not None

    def ahead_of_utc(self, ahead: timedelta) -> "RecordedAt":
        """The same in UTC, by a clock that was so much ahead of it; as it is where its zone is told."""
        return self if self.names_zone else RecordedAt((self.time - ahead).replace(tzinfo=UTC), self.sign, ahead)


def recorded_at(source: Source) -> RecordedAt | None:
    """When ``source`` was recorded; None where it does not tell, and for documents, which are not recorded."""
    kind = kind_of(source.media_type)
    if kind is Kind.SOUND:
        return _of_sound(source) or _of_name(source.name)
    return _of_picture(source) or _of_name(source.name) if kind is Kind.PICTURE else None


def _of_sound(source: Source) -> RecordedAt | None:
    from pipelines.media.sound import open_sound

    try:
        with open_sound(source) as sound:
            notes = {**sound.stream.metadata, **sound.container.metadata}
            duration_s = (sound.container.duration or 0) / 1_000_000  # FFmpeg's AV_TIME_BASE
    except BadInput:  # what cannot be opened tells nothing; who hears it says why
        return None
    return _parsed(notes.get(APPLE_DATE, ""), Sign.CONTAINER) or _by_container(notes, duration_s)


def _by_container(notes: Mapping[str, str], duration_s: float) -> RecordedAt | None:
    """MP4, QuickTime and Matroska have UTC; a broadcast WAV (EBU Tech 3285) its date and time apart, and no zone.

    Android writes when a recording ended (MPEG4Writer.cpp, ``writeMvhdBox``). None where it lasts longer than there is
    time before.
    """
    told = notes.get("creation_time", "")
    if re.fullmatch(r"\d\d.\d\d.\d\d", told):
        told = f"{notes.get('date', '')}T{told[:2]}:{told[3:5]}:{told[6:]}"
    found = _parsed(told, Sign.CONTAINER)
    if found is None:
        return None
    if ANDROID_VERSION not in notes:
        return found
    try:
        return replace(found, time=found.time - timedelta(seconds=duration_s))
    except OverflowError:
        return None


def _of_picture(source: Source) -> RecordedAt | None:
    """EXIF 2.32: the time by the camera's clock, its thousandths and, since 2.31, what it is ahead of UTC."""
    from PIL import ExifTags

    from pipelines.media.camera_notes import camera_notes
    from pipelines.media.picture_header import UNREADABLE, opened_picture

    try:
        with opened_picture(source.path) as picture:
            notes = camera_notes(picture.getexif(), with_location=False)
    except (BadInput, *UNREADABLE):
        return None
    told = str(notes.get(ExifTags.Base.DateTimeOriginal.name, ""))
    clock = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", told)
    if clock is None:
        return None
    year, month, day, time = clock.groups()
    parts = re.match(r"\d{1,6}", str(notes.get(ExifTags.Base.SubsecTimeOriginal.name, "")))
    zone = re.fullmatch(r"[+-]\d\d:\d\d", str(notes.get(ExifTags.Base.OffsetTimeOriginal.name, "")))
    exact = f"{year}-{month}-{day}T{time}" + (f".{parts[0]:0<6}" if parts else "")
    return (zone and _parsed(f"{exact}{zone[0]}", Sign.CAMERA)) or _parsed(exact, Sign.CAMERA)


def _of_name(name: str) -> RecordedAt | None:
    """As recorders and cameras name their files: ``2026-11-27 10-03-05.wav``, ``IMG_20261127_100305.jpg``."""
    found = _IN_NAME.search(name)
    if found is None:
        return None
    year, _, month, day, hour, _, minute, second, utc = found.groups()
    zone = "Z" if utc or name.startswith(_UTC_NAMES) else ""
    return _parsed(f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}", Sign.NAME)


def _parsed(told: str, sign: Sign) -> RecordedAt | None:
    """ISO 8601's date and time; None for what is none, a date alone, and what no clock that was set tells."""
    told = told.strip()
    try:
        time = datetime.fromisoformat(told)
    except ValueError:
        return None
    if len(told) < len("2026-11-27T10:03") or not FIRST_YEAR <= time.year <= LAST_YEAR:
        return None
    if time.tzinfo is None:
        return RecordedAt(time, sign)
    return RecordedAt(time.astimezone(UTC), sign, None if told.endswith("Z") else time.utcoffset())
