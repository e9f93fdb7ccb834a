"""Small real files: good ones, and ones that lie about what they are."""

import io
import struct
import wave
import zlib

from PIL import Image


def jpeg(side_px: int = 32) -> bytes:
    """A photograph-like JPEG."""
    buffer = io.BytesIO()
    Image.effect_noise((side_px, side_px), 60).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def wav(samples: int = 1600) -> bytes:
    """A mono WAV of silence at 16 kHz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", "NONE"))
        sound.writeframes(b"\0\0" * samples)
    return buffer.getvalue()


def huge_png(width_px: int, height_px: int) -> bytes:
    """A PNG whose header claims this size."""
    header = struct.pack(">4sIIBBBBB", b"IHDR", width_px, height_px, 8, 2, 0, 0, 0)
    pixels = struct.pack(">I4s", 64, b"IDAT") + b"\0" * 64
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + pixels
