"""A file of any length that begins as a sound does, made up while it is sent."""

import os
from collections.abc import Iterator

MB = 1_000_000
CHUNK = bytes(os.urandom(MB))
# The type is sniffed from the content: what is sent begins as a sound does.
WAV_HEADER = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\xff\xff\xff\x7f"
)


def megabyte(number: int) -> bytes:
    """The ``number``-th megabyte of a file that begins as a sound does, no two of which are the same."""
    return (number.to_bytes(8, "big") + CHUNK[8:]) if number else (WAV_HEADER + CHUNK[len(WAV_HEADER) :])


def stretch(offset: int, size_bytes: int) -> Iterator[bytes]:
    """So many bytes of that file from ``offset`` on."""
    while size_bytes:
        piece = megabyte(offset // MB)[offset % MB :][:size_bytes]
        yield piece
        offset += len(piece)
        size_bytes -= len(piece)
