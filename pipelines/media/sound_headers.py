"""What a WAV file's header promises: FFmpeg takes the file's size for it, so one cut short looks whole to it."""

import struct
from typing import BinaryIO

# Programs that write to a pipe cannot know the length and put a placeholder near the top of the 32 bits.
LONGEST_PROMISE_BYTES = 0x7FFF0000
# PCM, floats, A-law, mu-law and "see further on", which is one of these: the ones of constant size.
PLAIN_FORMATS = frozenset({0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE})
MOST_CHUNKS = 64  # before the sound; a header of noise must not be walked for long


def promised_by_wav_s(file: BinaryIO) -> float | None:
    """The duration in seconds that the header of uncompressed RIFF WAVE promises; None for any other ``file``.

    Reads from the beginning and leaves the position anywhere.
    """
    file.seek(0)
    riff = file.read(12)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        return None
    bytes_a_second = 0
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        name, size_bytes = struct.unpack("<4sI", head)
        begin = file.tell()
        if name == b"data":
            return size_bytes / bytes_a_second if bytes_a_second and size_bytes < LONGEST_PROMISE_BYTES else None
        if name == b"fmt " and len(fmt := file.read(14)) == 14:
            form, rate_hz, bytes_a_moment = struct.unpack("<H2xI4xH", fmt)
            bytes_a_second = rate_hz * bytes_a_moment if form in PLAIN_FORMATS else 0
        file.seek(begin + size_bytes + size_bytes % 2)  # chunks begin at even offsets
    return None
