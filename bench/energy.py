"""What a stretch of work drew, in joules, and how busy a GPU was, where the machine tells either."""

import shutil
import subprocess
from pathlib import Path
from typing import Self

RAPL = Path("/sys/class/powercap/intel-rapl:0")
POLL_MS = 200
ASKED = ("nvidia-smi", "--query-gpu=utilization.gpu,power.draw", "--format=csv,noheader,nounits")


class Energy:
    """Counts for as long as the block: the processor package's joules, or, where there is a GPU, the GPU's."""

    def __init__(self) -> None:
        self.joules: float | None = None
        self.gpu_busy: float | None = None  # in 0..1
        self._watch: subprocess.Popen[str] | None = None
        self._began_uj: int | None = None

    def __enter__(self) -> Self:
        if shutil.which(ASKED[0]):
            self._watch = subprocess.Popen([*ASKED, f"-lms={POLL_MS}"], stdout=subprocess.PIPE, text=True)
        self._began_uj = _package_uj()
        return self

    def __exit__(self, *_: object) -> None:
        ended_uj = _package_uj()
        if self._watch is None:
            if self._began_uj is not None and ended_uj is not None and ended_uj >= self._began_uj:  # else it overflowed
                self.joules = (ended_uj - self._began_uj) / 1e6
            return
        self._watch.terminate()
        told, _err = self._watch.communicate()
        read = [[float(value) for value in line.split(",")] for line in told.splitlines() if line.count(",") == 1]
        if read:
            self.gpu_busy = sum(busy for busy, _ in read) / len(read) / 100
            self.joules = sum(watts for _, watts in read) * POLL_MS / 1000


def _package_uj() -> int | None:
    try:
        return int((RAPL / "energy_uj").read_text())
    except OSError:  # no such counter, or not for us to read
        return None
