"""FFmpeg as a process of its own, on files of the job's own directory: killable, and asked to read nothing else."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg

from pipelines.errors import PipelineError

POLL_S = 0.2


def read_wav(wav: Path) -> list[str]:
    """The arguments that make ``wav`` the input: a plain file that can name no other."""
    return ["-protocol_whitelist", "file", "-f", "wav", "-i", f"file:{wav}"]


def run_ffmpeg(arguments: Sequence[str], check: Callable[[], None], *, log_level: str = "error") -> str:
    """Run FFmpeg and return what it logged; it is killed when ``check`` raises.

    Raises PipelineError ``encoding_failed`` with FFmpeg's own words.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", log_level, "-y"]
    with subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603
        logged = _logged_by(process, check).decode(errors="replace").strip()
    if process.returncode:
        raise PipelineError(f"writing the sound failed: {logged[-2000:]}", code="encoding_failed")
    return logged


def _logged_by(process: "subprocess.Popen[bytes]", check: Callable[[], None]) -> bytes:
    while True:
        try:
            return process.communicate(timeout=POLL_S)[1]
        except subprocess.TimeoutExpired:
            try:
                check()
            except BaseException:
                process.kill()
                raise
