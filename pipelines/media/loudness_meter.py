"""Measuring the loudness of sound while it is being decoded: FFmpeg's meter, fed through a pipe.

A file for it would be as long as the recording, 16 GB for a day; the meter itself keeps histograms, whatever comes.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipelines.errors import PipelineError
from pipelines.media.loudness import METER, Loudness, loudness_told


@dataclass(frozen=True, slots=True, eq=False)
class LoudnessMeter:
    """A running meter: ``add`` all the sound, then ``read`` it once."""

    process: "subprocess.Popen[bytes]"
    log: IO[bytes]

    def add(self, chunk: NDArray[np.float32]) -> None:
        """Play it the next ``chunk``, of shape (samples, channels). Raises PipelineError when it has died."""
        try:
            self._sound.write(chunk.astype("<f4").tobytes())
        except BrokenPipeError as error:
            raise PipelineError(f"the loudness meter died: {self._logged()}", code="encoding_failed") from error

    def read(self) -> Loudness:
        """What it shows after the last sound. Raises PipelineError when it shows nothing."""
        with suppress(BrokenPipeError):  # it has died, as its exit status tells
            self._sound.close()
        if self.process.wait():
            raise PipelineError(f"the loudness meter failed: {self._logged()}", code="encoding_failed")
        return loudness_told(self._logged())

    @property
    def _sound(self) -> IO[bytes]:
        if self.process.stdin is None:
            raise ValueError("the meter was started without a pipe")
        return self.process.stdin

    def _logged(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace").strip()[-4000:]


@contextmanager
def loudness_meter(rate_hz: int, channels: int, layout: str) -> Iterator[LoudnessMeter]:
    """Start a meter for sound of this rate; ``layout`` names its channels as FFmpeg does, such as ``5.1(side)``.

    Channels count by their places: those behind the listener more, the one for effects not at all.
    """
    placed = ["-ac", str(channels)] if "channels" in layout else ["-ch_layout", layout]  # "6 channels" tells no places
    heard = ["-protocol_whitelist", "pipe", "-f", "f32le", "-ar", str(rate_hz), *placed, "-i", "pipe:0"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-loglevel", "info", *heard]
    command += ["-filter:a", METER, "-f", "null", "-"]
    with TemporaryFile() as log:  # a pipe that nobody reads meanwhile might fill
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)  # noqa: S603
        try:
            yield LoudnessMeter(process, log)
        finally:
            process.kill()  # it is through, or its sound is not wanted any more
            process.communicate()
