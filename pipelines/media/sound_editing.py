"""Edits of sound held in memory, by pydub, and its writing in any ``SoundFormat``, by FFmpeg."""

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import BadInput
from pipelines.media.ffmpeg import read_wav, run_ffmpeg
from pipelines.media.sound import Sound
from pipelines.media.sound_formats import SoundFormat

BYTES_A_SAMPLE = 2
MAX_PIECE_BYTES = 700 << 20  # 66 minutes of CD sound; pydub copies a piece on every edit
LOSSY_BY_RATE = (SoundFormat.MP3, SoundFormat.OPUS, SoundFormat.AAC)
HEADROOM_DB = 1.0  # below full scale, so that MP3 and Vorbis, whose peaks overshoot, do not clip


def read_piece(
    sound: Sound,
    check: Callable[[], None],
    *,
    rate_hz: int,
    channels: int,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Any:  # a pydub.AudioSegment, which ships no types
    """Return the sound between two moments of the recording, 16-bit. Raises BadInput: ``empty_piece``, ``too_long``.

    A video whose sound begins after ``start_s`` gives a piece that begins with its sound.
    """
    first = round(max(start_s - sound.start_s, 0.0) * rate_hz)
    last = None if end_s is None else round((end_s - sound.start_s) * rate_hz)
    seen, kept_bytes = 0, 0
    kept: list[bytes] = []
    for block in sound.pcm16(rate_hz, channels):
        check()
        piece = block[max(first - seen, 0) : None if last is None else max(last - seen, 0)]
        kept.append(piece.tobytes())
        kept_bytes += piece.nbytes
        seen += len(block)
        if kept_bytes > MAX_PIECE_BYTES:
            minutes = MAX_PIECE_BYTES / (rate_hz * channels * BYTES_A_SAMPLE) / 60
            raise BadInput(
                f"{sound.name!r} is longer than the {minutes:.0f} minutes that fit at {rate_hz} Hz and {channels} "
                "channels: trim it, or choose a lower rate or one channel",
                code="too_long",
            )
        if last is not None and seen >= last:
            break
    if not kept_bytes:
        if last is not None and last <= 0:
            begins = f"the sound of {sound.name!r} begins at {sound.start_s:.1f} s, after {end_s} s"
            raise BadInput(begins, code="empty_piece")
        ends_s = sound.start_s + seen / rate_hz
        raise BadInput(f"{sound.name!r} ends at {ends_s:.1f} s, before {start_s} s", code="empty_piece")
    return audio_segment()(data=b"".join(kept), sample_width=BYTES_A_SAMPLE, frame_rate=rate_hz, channels=channels)


def normalised(piece: Any) -> Any:
    """Return ``piece`` made as loud as it can be without clipping; silence stays silence."""
    return piece.normalize(headroom=HEADROOM_DB)


def write_wav(piece: Any, target: Path) -> None:
    """Write ``piece`` as WAV."""
    piece.export(str(target), format="wav").close()


# Vorbis takes a bit rate only where it fits the sample rate; its quality fits everywhere. The pairs are those of
# 44.1 kHz stereo: https://wiki.hydrogenaud.io/index.php?title=Recommended_Ogg_Vorbis
VORBIS_QUALITY = {64: 0, 96: 2, 128: 4, 192: 6, 256: 8, 320: 9}


def encode(
    wav: Path,
    target: Path,
    form: SoundFormat,
    check: Callable[[], None],
    *,
    bitrate_kbps: int = 192,
    tempo: float = 1.0,
    filters: Sequence[str] = (),
    rate_hz: int | None = None,
) -> None:
    """Turn ``wav`` into ``target``; ``tempo`` 2.0 halves its duration and keeps its pitch, ``rate_hz`` resamples it.

    ``filters`` are FFmpeg's, applied in turn before the tempo.

    FFmpeg runs on the two files of the job's own directory, so that killing a worker leaves nothing elsewhere.
    """
    command = read_wav(wav)
    chain = [*filters, *([f"atempo={tempo}"] if tempo != 1.0 else [])]
    if chain:
        command += ["-filter:a", ",".join(chain)]
    if form in LOSSY_BY_RATE:
        command += ["-b:a", f"{bitrate_kbps}k"]
    if form is SoundFormat.OGG:
        command += ["-q:a", str(VORBIS_QUALITY[bitrate_kbps])]
    if rate_hz is not None:
        command += ["-ar", str(rate_hz)]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-c:a", form.codec, "-f", form.muxer, f"file:{target}"]
    run_ffmpeg(command, check)


@cache
def audio_segment() -> Any:
    """The class AudioSegment of pydub, imported without its complaints."""
    with warnings.catch_warnings():
        # It looks for FFmpeg on PATH and warns where there is none; ours is in a package, and not run by pydub.
        warnings.simplefilter("ignore", RuntimeWarning)
        # It imports audioop, deprecated until audioop-lts takes over in 3.13, and has unescaped backslashes.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", SyntaxWarning)
        from pydub import AudioSegment
    return AudioSegment
