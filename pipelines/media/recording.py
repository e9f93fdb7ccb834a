"""A recording that is being made: plain samples one after another, whose number nobody knows before its end."""

import struct

RECORDING = "application/vnd.triptych.recording"  # 16-bit little-endian PCM, mono, 16 kHz
RATE_HZ = 16_000
BYTES_A_SAMPLE = 2
BYTES_A_SECOND = RATE_HZ * BYTES_A_SAMPLE
LONGEST_S = 4 * 3600.0


def seconds_of(size_bytes: int) -> float:
    """How long so many bytes sound; half a sample does not."""
    return size_bytes // BYTES_A_SAMPLE / RATE_HZ


def bytes_until(moment_s: float) -> int:
    """Where the sample stands that sounds at ``moment_s``."""
    return round(moment_s * RATE_HZ) * BYTES_A_SAMPLE


def wav_header(size_bytes: int) -> bytes:
    """What in front of so many bytes of samples makes a WAV file of them (RIFF, PCM)."""
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, BYTES_A_SECOND, BYTES_A_SAMPLE, 8 * BYTES_A_SAMPLE)
    return b"".join(
        [
            b"RIFF" + struct.pack("<I", 36 + size_bytes) + b"WAVE",
            b"fmt " + struct.pack("<I", len(form)) + form,
            b"data" + struct.pack("<I", size_bytes),
        ]
    )
