"""What is refused by the head of a file is what the whole would be refused for."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.media.sniff import HEAD_BYTES, MediaRefused, check_head, sniff

STARTS = [
    *(b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x20\0\0\0WEBPVP8 ", b"%PDF-1.7\n", b"#!AMR\n", b"ID3\x03"),
    *(b"\0\0\0\x14ftypisom", b"\0\0\0\x14ftypheic\0\0\0\0heic", b"PK\x03\x04", b"\x1aE\xdf\xa3", b"\xff\xfe", b"<svg"),
]
FILLERS = [b"\0", b"a", b"\xff\xfb", "\N{LATIN SMALL LETTER E WITH ACUTE}".encode(), b"\x1a\x45\xdf"]
NAMES = ["a.png", "a.mp3", "a.md", "a.bin", "a.zip", "a.heic", "a", "a.m4a", "a.pdf"]


def refusal(path: Path, name: str) -> str | None:
    try:
        sniff(path, name)
    except MediaRefused as refused:
        return f"{refused.code}: {refused.message}"
    return None


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    start=st.sampled_from(STARTS),
    filler=st.sampled_from(FILLERS),
    rest=st.binary(max_size=600),
    name=st.sampled_from(NAMES),
)
def test_what_is_refused_by_its_head_is_refused_whatever_follows(
    tmp_path: Path, start: bytes, filler: bytes, rest: bytes, name: str
) -> None:
    head = (start + filler * HEAD_BYTES)[:HEAD_BYTES]
    path = tmp_path / "upload"
    path.write_bytes(head + rest)
    early = None

    try:
        check_head(head, name)
    except MediaRefused as refused:
        early = f"{refused.code}: {refused.message}"

    assert early in (None, refusal(path, name))


@pytest.mark.parametrize(
    "head", [b"\x7fELF".ljust(HEAD_BYTES, b"\0"), b"\xff\xff\xff" * HEAD_BYTES, b"Rar!\x1a\x07\0" * HEAD_BYTES]
)
def test_head_of_what_is_not_taken_is_refused(head: bytes) -> None:
    with pytest.raises(MediaRefused) as refused:
        check_head(head[:HEAD_BYTES], "a.bin")

    assert refused.value.code == "unsupported_media_type"
