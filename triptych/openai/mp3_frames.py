"""The frames of an MP3 stream (ISO 11172-3 and 13818-3, layer III), so that pieces can be joined and one be cut."""

from collections.abc import Iterator
from dataclasses import dataclass

HEADER_BYTES, ID3_BYTES = 4, 10
# By the header's version bits: kbit/s, rates in Hz, samples a frame. 0 is MPEG 2.5, 2 is MPEG 2, 3 is MPEG 1.
_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_VERSIONS = {
    3: (_KBPS_1, (44_100, 48_000, 32_000), 1152),
    2: (_KBPS_2, (22_050, 24_000, 16_000), 576),
    0: (_KBPS_2, (11_025, 12_000, 8_000), 576),
}
_INFO = (b"Xing", b"Info")  # in a first frame without sound, that tells how long the whole is
_INFO_WITHIN = 40  # bytes: behind the header and the side information


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, which can be played by itself."""

    content: bytes
    duration_s: float


def frames(mp3: bytes) -> Iterator[Frame]:
    """The frames that hold sound, in order, without a tag before them. Raises ValueError at what is no frame."""
    at = _behind_tag(mp3)
    while at + HEADER_BYTES <= len(mp3):
        size, duration_s = _measured(mp3[at : at + HEADER_BYTES])
        frame = mp3[at : at + size]
        at += size
        if not any(mark in frame[:_INFO_WITHIN] for mark in _INFO):
            yield Frame(frame, duration_s)


def _behind_tag(mp3: bytes) -> int:
    """Where the frames begin: behind an ID3v2 tag, whose size is told in four bytes of 7 bits (https://id3.org)."""
    if not mp3.startswith(b"ID3"):
        return 0
    size = 0
    for byte in mp3[6:ID3_BYTES]:
        size = size << 7 | byte
    return ID3_BYTES + size


def _measured(header: bytes) -> tuple[int, float]:
    """How many bytes and seconds the frame with this ``header`` takes."""
    version = (header[1] >> 3) & 3
    if header[0] != 0xFF or header[1] >> 5 != 7 or version not in _VERSIONS:
        raise ValueError("this is no frame of an MP3 stream")
    rates_kbps, rates_hz, samples = _VERSIONS[version]
    kbps, rate, padding = header[2] >> 4, (header[2] >> 2) & 3, (header[2] >> 1) & 1
    if not 0 < kbps < len(rates_kbps) or rate >= len(rates_hz):
        raise ValueError("this frame of an MP3 stream has no bit rate or no sample rate")
    return samples // 8 * 1000 * rates_kbps[kbps] // rates_hz[rate] + padding, samples / rates_hz[rate]
