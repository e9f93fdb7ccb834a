import io
import struct

import pytest

from pipelines.media.sound_headers import promised_by_wav_s


def header(*, form=1, size_bytes=32_000, before=b""):
    fmt = struct.pack("<HHIIHH", form, 1, 8000, 16_000, 2, 16)
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", 16) + fmt + before + b"data" + struct.pack("<I", size_bytes)


@pytest.mark.parametrize("before", [b"", b"LIST\3\0\0\0abc\0", b"fact\4\0\0\0\0\0\0\0"])
def test_promise_is_found_behind_other_chunks(before):
    assert promised_by_wav_s(io.BytesIO(header(before=before))) == 2.0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEdata\0\0\1\0",
        b"OggS" + bytes(60),
        header(size_bytes=0xFFFFFFFF),  # a program that wrote to a pipe
        header(form=0x55),  # MP3 in WAV
        b"RIFF\0\0\0\0WAVE" + bytes(8) * 1000,
    ],
)
def test_nothing_is_promised_where_nothing_can_be_told(content):
    assert promised_by_wav_s(io.BytesIO(content)) is None
