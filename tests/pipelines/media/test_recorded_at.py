"""When a file was recorded: what containers, cameras and names tell, and nothing where they do not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import pack

import pytest
from support.recorded import film, photo

from pipelines.contract import Source
from pipelines.media.recorded_at import RecordedAt, Sign, recorded_at
from pipelines.media.sound import open_sound

AT = datetime(2026, 11, 27, 10, 3, 5)
IN_UTC = AT.replace(tzinfo=UTC)
ANDROID = b"com.android.version"
MATROSKA_DURATION = bytes.fromhex("448988")  # its id, and that eight bytes follow (RFC 9559)


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_a_container_tells_when_it_began_in_utc(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / name, creation_time="2026-11-27T10:03:05Z")

    assert recorded_at(source) == RecordedAt(IN_UTC, Sign.CONTAINER)


def test_apples_date_tells_the_zone_too(tmp_path: Path) -> None:
    notes = {"com.apple.quicktime.creationdate": "2026-11-27T12:03:05+0200", "creation_time": "2026-11-27T10:09:00Z"}

    source = film(tmp_path / "film.mov", "-movflags", "use_metadata_tags", **notes)

    assert recorded_at(source) == RecordedAt(IN_UTC, Sign.CONTAINER, timedelta(hours=2))


def test_what_android_wrote_at_the_end_is_counted_back_to_the_beginning(tmp_path: Path) -> None:
    notes = {"com.android.version": "16", "creation_time": "2026-11-27T10:03:07Z"}

    source = film(tmp_path / "film.mp4", "-movflags", "use_metadata_tags", **notes)

    assert recorded_at(source) == RecordedAt(IN_UTC, Sign.CONTAINER)


def test_what_lasts_longer_than_there_is_time_before_tells_nothing(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mkv", **{ANDROID.decode(): "16", "creation_time": "2026-11-27T10:03:07Z"})
    written = source.path.read_bytes().replace(ANDROID.upper(), ANDROID)  # FFmpeg writes capitals
    at = written.index(MATROSKA_DURATION) + len(MATROSKA_DURATION)
    source.path.write_bytes(written[:at] + pack(">d", 1e15) + written[at + 8 :])

    assert recorded_at(source) is None


def test_a_broadcast_wav_tells_a_clock_of_no_zone(tmp_path: Path) -> None:
    source = film(tmp_path / "call.wav", "-write_bext", "1", origination_date="2026-11-27", origination_time="10:03:05")

    assert recorded_at(source) == RecordedAt(AT, Sign.CONTAINER)


def test_a_camera_tells_its_clock_and_what_that_was_ahead(tmp_path: Path) -> None:
    plain = photo(tmp_path / "plain.jpg", DateTimeOriginal="2026:11:27 10:03:05", OffsetTimeOriginal="   :  ")
    zoned = photo(
        tmp_path / "photo.jpg",
        DateTimeOriginal="2026:11:27 11:03:05",
        OffsetTimeOriginal="+01:00",
        SubsecTimeOriginal="5",
    )

    told = [recorded_at(plain), recorded_at(zoned)]

    assert told == [
        RecordedAt(AT, Sign.CAMERA),
        RecordedAt(IN_UTC + timedelta(seconds=0.5), Sign.CAMERA, timedelta(hours=1)),
    ]


@pytest.mark.parametrize(
    "told", ["0000:00:00 00:00:00", "1980:01:01 00:00:00", "2026:13:45 99:00:00", "yesterday", "9999:12:31 23:59:59"]
)
def test_a_clock_that_was_never_set_tells_nothing(tmp_path: Path, told: str) -> None:
    source = photo(tmp_path / "photo.jpg", DateTimeOriginal=told, OffsetTimeOriginal="-01:00")

    assert recorded_at(source) is None


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("2026-11-27 10-03-05.wav", AT),
        ("REC_20261127_100305.wav", AT),
        ("WhatsApp Audio 2026-11-27 at 10.03.05.wav", AT),
        ("20261127100305.wav", AT),
        ("2026-11-27T10_03_05Z.wav", IN_UTC),
        ("PXL_20261127_100305123.wav", IN_UTC),
    ],
)
def test_a_name_with_date_and_time_tells_where_nothing_else_does(tmp_path: Path, name: str, time: datetime) -> None:
    assert recorded_at(film(tmp_path / name)) == RecordedAt(time, Sign.NAME)


@pytest.mark.parametrize(
    "name",
    [
        "2026-11-27.wav",
        "call 10-03-05.wav",
        "2026-11-27 at 10.03.05 PM.wav",
        "120261127100305.wav",
        "20261399_100305.wav",
    ],
)
def test_a_name_with_less_tells_nothing(tmp_path: Path, name: str) -> None:
    assert recorded_at(film(tmp_path / name)) is None


def test_what_cannot_be_opened_tells_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "20261127_100305.mp4"
    path.write_bytes(b"no film")

    told = [recorded_at(Source(path, path.name, kind, 7)) for kind in ("video/mp4", "image/jpeg", "text/plain")]

    assert told == [RecordedAt(AT, Sign.NAME), RecordedAt(AT, Sign.NAME), None]


def test_notes_that_are_no_utf_8_hide_neither_sound_nor_time(tmp_path: Path) -> None:
    source = film(
        tmp_path / "call.wav",
        "-write_bext",
        "1",
        title="CAFE",
        origination_date="2026-11-27",
        origination_time="10:03:05",
    )
    source.path.write_bytes(source.path.read_bytes().replace(b"CAFE", b"caf\xe9"))

    with open_sound(source) as sound:
        heard_s = sum(len(block) for block in sound.mono()) / 16_000

    assert heard_s == pytest.approx(2.0, abs=0.01)
    assert recorded_at(source) == RecordedAt(AT, Sign.CONTAINER)
