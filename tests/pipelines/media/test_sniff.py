"""What is let in at the door, and what is refused with which code."""

import io
import struct
import subprocess
import sys
import wave
import zlib
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.media.media_types import TAKEN
from pipelines.media.sniff import MediaRefused, sniff

Write = Callable[[bytes], Path]

pillow_heif.register_heif_opener()  # for saving: what is tested needs no decoder

REFUSALS = {"empty_file", "media_type_mismatch", "unsupported_media_type", "bad_media", "too_many_pixels"}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return write


def picture(image_format: str, size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, image_format)
    return buffer.getvalue()


def wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", "NONE"))
        sound.writeframes(b"\0\1" * 400)
    return buffer.getvalue()


def boxes(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 512, brand) + b"\0" * 64


def huge_png(width: int, height: int) -> bytes:
    header = struct.pack(">4sIIBBBBB", b"IHDR", width, height, 8, 2, 0, 0, 0)
    pixels = struct.pack(">I4s", 64, b"IDAT") + b"\0" * 64
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + pixels


def of_size(content: bytes, width: int, height: int) -> bytes:
    """The HEIC or AVIF file with every size that it tells replaced."""
    start, *rest = content.split(b"ispe")
    return start + b"".join(b"ispe" + part[:4] + struct.pack(">II", width, height) + part[12:] for part in rest)


def refusal(path: Path, name: str) -> str:
    with pytest.raises(MediaRefused) as refused:
        sniff(path, name)
    assert refused.value.message
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (picture("JPEG"), "a.jpg", "image/jpeg"),
        (picture("PNG"), "a.png", "image/png"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (picture("GIF"), "a.gif", "image/gif"),
        (picture("BMP"), "a.bmp", "image/bmp"),
        (picture("TIFF"), "a.tif", "image/tiff"),
        (picture("HEIF"), "IMG_1.heic", "image/heic"),
        (picture("HEIF").replace(b"ftypheic", b"ftypmif1"), "IMG_1.jpg", "image/heic"),
        (picture("AVIF"), "a.avif", "image/avif"),
        (picture("PNG"), "no ending at all", "image/png"),
        (picture("PNG"), "same-kind.JPG", "image/png"),
        (wav(), "a.wav", "audio/wav"),
        (wav(), "same-kind.mp3", "audio/wav"),
        (b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + b"\0" * 64, "a.mp3", "audio/mpeg"),
        (b"\xff\xe3\x18\xc4" + b"\0" * 64, "low-rate.mp3", "audio/mpeg"),
        (b"fLaC\0\0\0\x22" + b"\0" * 64, "a.flac", "audio/flac"),
        (b"OggS\0\2" + b"\0" * 64, "a.opus", "audio/ogg"),
        (boxes(b"M4A "), "a.m4a", "audio/mp4"),
        (boxes(b"isom"), "voice.m4a", "audio/mp4"),
        (boxes(b"isom"), "a.mp4", "video/mp4"),
        (boxes(b"iso9"), "new-brand.mp4", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 64, "voice.webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 64, "voice.weba", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\x86\x86A_OPUS" + b"\0" * 64, "voice.webm", "audio/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\x86\x85V_VP9\x86\x86A_OPUS", "film.webm", "video/webm"),
        (b"%PDF-1.7\n1 0 obj\n", "a.pdf", "application/pdf"),
        (b"Plain words.\n", "a.txt", "text/plain"),
        (b"BMW builds cars; ID3 is an algorithm.\n", "cars", "text/plain"),
        ("Grüße, 世界".encode(), "a.txt", "text/plain"),
        ("Grüße, 世界".encode("utf-16"), "a.txt", "text/plain"),
        (b"\xef\xbb\xbfwith a mark", "a.csv", "text/plain"),
        (b"# Title\n\n<p align=center>words</p>\n", "README.md", "text/markdown"),
        (b"#EXTM3U is how a playlist begins\n", "notes.txt", "text/plain"),
    ],
)
def test_content_decides_the_media_type(write: Write, content: bytes, name: str, media_type: str) -> None:
    path = write(content)

    found = sniff(path, name)

    assert found == media_type


def test_text_in_another_encoding_is_told_how_to_be_saved(write: Write) -> None:
    with pytest.raises(MediaRefused, match="save it as UTF-8"):
        sniff(write("Grüße aus Köln".encode("latin-1")), "brief.txt")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.txt", "empty_file"),
        (b"just words", "song.mp3", "media_type_mismatch"),
        (picture("PNG"), "song.wav", "media_type_mismatch"),
        (picture("PNG"), "paper.pdf", "media_type_mismatch"),
        (b"%PDF-1.7\n", "notes.txt", "media_type_mismatch"),
        (wav(), "photo.jpg", "media_type_mismatch"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "song.mp3", "media_type_mismatch"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "song.wav", "media_type_mismatch"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "photo.png", "media_type_mismatch"),
        (b"<!DOCTYPE html><html></html>", "photo.jpg", "media_type_mismatch"),
        (b"\x93\x01\x02\xfe\0" * 30, "song.wav", "media_type_mismatch"),
        (b"PK\x03\x04" + b"\0" * 64, "song.mp3", "media_type_mismatch"),
        (b"#EXTM3U\nhttp://example.org/a.ts\n", "list.m3u8", "unsupported_media_type"),
        (b"<?xml version='1.0'?>\n<svg></svg>", "drawing.svg", "unsupported_media_type"),
        (b"  <!doctype HTML><p>x", "page.html", "unsupported_media_type"),
        (b"<html><p>x", "page.txt", "unsupported_media_type"),
        (b"Rar!\x1a\x07\x00" + b"\0" * 64, "a.rar", "unsupported_media_type"),
        (b"\x7fELF" + b"\0" * 64, "program", "unsupported_media_type"),
        (b"words with a \0 in them", "thing", "unsupported_media_type"),
        (b"latin-1: \xe4\xf6\xfc", "thing", "unsupported_media_type"),
        (boxes(b"heic"), "IMG_1.heic", "bad_media"),
        (picture("HEIF"), "song.mp3", "media_type_mismatch"),
        (picture("HEIF")[:-40], "IMG_1.heic", "bad_media"),
        (of_size(picture("HEIF"), 40_000, 40_000), "IMG_1.heic", "too_many_pixels"),
        (of_size(picture("HEIF"), 40_000, 10), "IMG_1.heic", "too_many_pixels"),
        (of_size(picture("AVIF"), 16_000, 16_000), "a.avif", "too_many_pixels"),
        (picture("JPEG")[:-400], "a.jpg", "bad_media"),
        (picture("JPEG")[:300], "a.jpg", "bad_media"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a.jpg", "bad_media"),
        (picture("PNG")[:-12], "a.png", "bad_media"),
        (b"\x89PNG\r\n\x1a\nnonsense that is no chunk" + b"\0" * 99, "a.png", "bad_media"),
        (picture("WEBP")[:-40], "a.webp", "bad_media"),
        (b"II*\0\xff\xff\xff\xff" + b"\0" * 40, "a.tif", "bad_media"),
        (huge_png(40_000, 40_000), "a.png", "too_many_pixels"),
        (huge_png(10_001, 10_000), "a.png", "too_many_pixels"),
    ],
)
def test_bad_uploads_are_refused_with_a_stable_code(write: Write, content: bytes, name: str, code: str) -> None:
    path = write(content)

    found = refusal(path, name)

    assert found == code


def test_jpeg_is_judged_by_its_own_end_not_by_its_thumbnails(write: Write) -> None:
    thumbnail = picture("JPEG", (16, 16))
    whole = picture("JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    cut_behind_thumbnail = whole[:2] + segment + whole[2:-300]

    found = refusal(write(cut_behind_thumbnail), "a.jpg")

    assert found == "bad_media"


def test_pixel_cap_can_be_lowered(write: Write) -> None:
    path = write(picture("PNG", (100, 100)))

    with pytest.raises(MediaRefused) as refused:
        sniff(path, "a.png", max_pixels=9_999)

    assert refused.value.code == "too_many_pixels"


def test_text_is_checked_to_its_last_byte(write: Write) -> None:
    path = write("ä".encode() * 2_000_000 + b"\xff")

    found = refusal(path, "long")

    assert found == "unsupported_media_type"


HEADS = (
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"RIFF\x20\0\0\0WEBPVP8 "],
    [
        b"\0\0\0\x14ftypisom",
        b"\0\0\0\x14ftypheic\0\0\0\0heic",
        b"\0\0\0\x14ftypavif\0\0\0\0avif",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\x1aE\xdf\xa3",
    ],
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    head=st.sampled_from([*HEADS[0], *HEADS[1]]),
    content=st.binary(max_size=600),
    name=st.one_of(st.text(max_size=300), st.sampled_from(["a.png", "a.mp3", "a.md", "../../x.wav", "a\0.jpg", "."])),
)
def test_any_bytes_get_a_type_or_a_refusal(write: Write, head: bytes, content: bytes, name: str) -> None:
    path = write(head + content)

    try:
        outcome = sniff(path, name)
    except MediaRefused as refused:
        outcome = refused.code

    assert outcome in TAKEN | REFUSALS


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    image_format=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"]),
    keep=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_damaged_pictures_get_a_type_or_a_refusal(
    write: Write, image_format: str, keep: float, flips: list[tuple[float, int]]
) -> None:
    whole = bytearray(picture(image_format, (20, 10)))
    for where, value in flips:
        whole[int(where * len(whole))] = value
    path = write(bytes(whole[: int(keep * len(whole))]))

    try:
        outcome = sniff(path, "upload")
    except MediaRefused as refused:
        outcome = refused.code

    assert outcome in TAKEN | REFUSALS


def test_sniffing_loads_no_heavy_library(write: Write) -> None:
    path = write(picture("PNG"))
    program = (
        "import sys; from pathlib import Path; from pipelines.media.sniff import sniff\n"
        "assert 'PIL' not in sys.modules\n"
        f"print(sniff(Path({str(path)!r}), 'a.png'))\n"
        "print({'numpy', 'torch', 'av', 'cv2'} & set(sys.modules))"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert finished.stdout.split() == ["image/png", "set()"], finished.stderr


def test_picture_with_an_endless_side_is_refused(tmp_path):
    path = tmp_path / "thread.png"
    Image.new("L", (40_000, 1)).save(path)

    with pytest.raises(MediaRefused) as refused:
        sniff(path, path.name)

    assert refused.value.code == "too_many_pixels"
