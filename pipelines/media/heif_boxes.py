"""The outer boxes of HEIC, HEIF and AVIF files: what is in them and how large, told without a decoder.

The API judges uploads and has none; a worker judges by the same numbers before its decoder sees the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}  # ISO/IEC 23008-12, annex B
_AVIF = {b"avif", b"avis"}
_STILL = {b"mif1", b"mif2", b"msf1"}  # pictures in any coding
_MOST_BOXES = 10_000  # a photo has dozens, and a few for each tile of its grid


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of its content
    end: int


def brand_type(head: bytes) -> str | None:
    """``image/heic``, ``image/avif`` or ``image/heif`` by the brands at the head of a file; None for anything else."""
    if head[4:8] != b"ftyp" or len(head) < 16:
        return None
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    if brands[0] in _HEIC or (brands[0] in _STILL and _HEIC.intersection(brands)):
        return "image/heic"
    if brands[0] in _AVIF or (brands[0] in _STILL and _AVIF.intersection(brands)):
        return "image/avif"
    return "image/heif" if brands[0] in _STILL else None


def largest_picture(path: Path) -> tuple[int, int]:
    """Width and height of the largest picture in a file, tiles put together.

    Raises ValueError when the file is cut off or broken, or holds no still picture.
    """
    with path.open("rb") as file:
        sizes = list(_sizes(file, path.stat().st_size))
    if not sizes:
        raise ValueError("there is no still picture in the file")
    return max(sizes, key=lambda size: size[0] * size[1])


def _sizes(file: BinaryIO, file_end: int) -> Iterator[tuple[int, int]]:
    """What each ``ispe`` property says (ISO/IEC 23008-12, 6.5.3); the first four bytes of ``meta`` are its version."""
    for meta in _named(b"meta", file, 0, file_end):
        for properties in _named(b"iprp", file, meta.start + 4, meta.end):
            for container in _named(b"ipco", file, properties.start, properties.end):
                for extent in _named(b"ispe", file, container.start, container.end):
                    file.seek(extent.start + 4)
                    width, height = _numbers(">II", file.read(8))
                    yield width, height


def _named(kind: bytes, file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    return (box for box in list(_boxes(file, start, end)) if box.kind == kind)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if start >= end:
            return
        file.seek(start)
        size, kind, content = _numbers(">I", file.read(4))[0], file.read(4), start + 8
        if size == 1:  # the size follows in eight bytes
            size, content = _numbers(">Q", file.read(8))[0], start + 16
        finish = start + size if size else end  # 0: up to the end
        if not content <= finish <= end:
            raise ValueError(f"its part {kind.decode('latin-1')!r} does not end where the file does: it is cut off")
        yield _Box(kind, content, finish)
        start = finish
    raise ValueError(f"it has more than {_MOST_BOXES:,} parts")


def _numbers(layout: str, content: bytes) -> tuple[int, ...]:
    try:
        return struct.unpack(layout, content)
    except struct.error as short:
        raise ValueError("it ends in the middle of a part") from short
