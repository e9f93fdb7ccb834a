"""How loud sound is to a listener, and making it as loud as is wanted without clipping (EBU R 128)."""

import re
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.media.ffmpeg import read_wav, run_ffmpeg

# What speech is published at: Apple's podcast requirements ask for -16 LKFS within 1 dB, and AES TD1004.1 for -16 to
# -20 LUFS. https://podcasters.apple.com/support/893-audio-requirements
SPEECH_LUFS = -16.0
CEILING_DBTP = -1.5  # EBU R 128 allows -1 dBTP in production; MP3 and Vorbis overshoot by about half a decibel
OVERSAMPLING = 4  # BS.1770-4, annex 2: between samples of four times the rate a peak rises by less than 0.7 dB
LIMITER_MARGIN_DB = 0.3  # what peaks grow by when the oversampled sound is brought back to its own rate
CLOSE_LU = 0.2  # a limiter takes loudness away with the peaks; nobody hears less than this
WORTHWHILE_LU = 0.1  # what a meter tells; a further pass that gains less is the last
MOST_PASSES = 8
MOST_PUSHED_DB = 6.0  # into the limiter to make up for what it takes: beyond, sound is distorted and little louder
METER = "ebur128=peak=true:framelog=quiet"  # the filter; its summary is logged as information

_SILENT_LUFS = -70.0  # the absolute gate of BS.1770-4: what nothing passed has no loudness
_FIELD = re.compile(r"^\s*(I|LRA|Peak):\s+(-?(?:\d+(?:\.\d+)?|inf|nan)) (?:LUFS|LU|dBFS)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a meter shows, to 0.1: integrated loudness, loudness range, and true peak (ITU-R BS.1770-4, EBU Tech 3342).

    None where there is none: silence, or sound shorter than the meter's 0.4 s, has no loudness.
    """

    integrated_lufs: float | None
    range_lu: float | None
    true_peak_dbtp: float | None


def measure_loudness(wav: Path, check: Callable[[], None]) -> Loudness:
    """Measure a WAV file of any rate and up to 5 channels, in memory that does not depend on its length.

    Raises PipelineError when FFmpeg cannot.
    """
    return loudness_told(run_ffmpeg([*read_wav(wav), "-filter:a", METER, "-f", "null", "-"], check, log_level="info"))


def loudness_told(logged: str) -> Loudness:
    """What FFmpeg's ``METER`` told at its end. Raises PipelineError when that is not what meters tell."""
    shown = {name: float(value) for name, value in _FIELD.findall(logged.rpartition("Summary:")[2])}
    if shown.keys() != {"I", "LRA", "Peak"}:
        raise PipelineError(f"the loudness meter told {sorted(shown)} and not I, LRA and Peak", code="encoding_failed")
    is_heard = shown["I"] > _SILENT_LUFS
    return Loudness(
        integrated_lufs=shown["I"] if is_heard else None,
        range_lu=shown["LRA"] if is_heard else None,
        true_peak_dbtp=shown["Peak"] if shown["Peak"] > float("-inf") else None,
    )


def normalise(wav: Path, target: Path, check: Callable[[], None], *, loudness_lufs: float = SPEECH_LUFS) -> Loudness:
    """Write ``wav`` to ``target``, as long as before and ``loudness_lufs`` loud; return how loud it became.

    One gain for the whole, as FFmpeg's ``loudnorm`` gives in its linear mode, and a limiter for the peaks that would
    pass ``CEILING_DBTP``: ``loudnorm`` changes the gain all along where a peak would, and brings speech out of balance.
    What has no loudness is copied as it is, and what the ceiling keeps from becoming loud enough stays quieter.
    """
    before = measure_loudness(wav, check)
    if before.integrated_lufs is None or before.true_peak_dbtp is None:
        _amplify(wav, target, check, 0.0, is_limited=False)
        return before
    gain_db = loudness_lufs - before.integrated_lufs
    is_limited = before.true_peak_dbtp + gain_db > CEILING_DBTP
    pushed_db, missed_lu = 0.0, float("inf")
    for _ in range(MOST_PASSES):
        _amplify(wav, target, check, gain_db + pushed_db, is_limited=is_limited)
        became = measure_loudness(target, check)
        missing_lu = loudness_lufs - (became.integrated_lufs or loudness_lufs)
        if abs(missing_lu) <= CLOSE_LU or missed_lu - abs(missing_lu) < WORTHWHILE_LU:
            break
        pushed_db, missed_lu = min(pushed_db + missing_lu, MOST_PUSHED_DB), abs(missing_lu)
    return became


def gain_filters(wav: Path, gain_db: float, *, is_limited: bool = True) -> list[str]:
    """FFmpeg's filters that make ``wav`` ``gain_db`` louder and keep its number of samples.

    ``is_limited``: no peak passes the ceiling.
    """
    filters = [f"volume={gain_db:.2f}dB:precision=float"]
    if not is_limited:
        return filters
    with wave.open(str(wav), "rb") as file:
        rate_hz, samples = file.getframerate(), file.getnframes()
    limit = 10 ** ((CEILING_DBTP - LIMITER_MARGIN_DB) / 20)
    limiter = f"alimiter=limit={limit:.4f}:level=false:latency=true"
    filters += [f"aresample={rate_hz * OVERSAMPLING}", limiter, f"aresample={rate_hz}"]
    return [*filters, f"apad=whole_len={samples}", f"atrim=end_sample={samples}"]


def _amplify(wav: Path, target: Path, check: Callable[[], None], gain_db: float, *, is_limited: bool) -> None:
    filters = ",".join(gain_filters(wav, gain_db, is_limited=is_limited))
    arguments = [*read_wav(wav), "-filter:a", filters, "-c:a", "pcm_s16le", "-fflags", "+bitexact"]
    run_ffmpeg([*arguments, "-f", "wav", f"file:{target}"], check)
