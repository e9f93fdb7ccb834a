"""Where somebody speaks: Silero's detector (https://github.com/snakers4/silero-vad), run piece by piece."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.media.speech_windows import FRAME

CONTEXT = 64  # samples of the frame before, which it wants in front of each
STATE = (1, 1, 128)
MODEL = "silero_vad_v6.onnx"


class VoiceActivity:
    """Listens to one recording from its beginning; its memory does not grow."""

    def __init__(self) -> None:
        self._session = _session()
        self._h, self._c = np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)
        self._before = np.zeros(CONTEXT, np.float32)

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely there is speech in each frame of the next ``samples``: (n * ``FRAME``,), 16 kHz, gives (n,)."""
        if not len(samples):
            return np.zeros(0, np.float32)
        frames = samples.reshape(-1, FRAME)
        contexts = np.vstack([self._before, frames[:-1, -CONTEXT:]])
        self._before = frames[-1, -CONTEXT:]
        given = {"input": np.hstack([contexts, frames]), "h": self._h, "c": self._c}
        found, self._h, self._c = self._session.run(None, given)
        return np.asarray(found, np.float32).reshape(-1)


@cache
def _session() -> Any:  # Any: onnxruntime ships no types that hold here
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1  # frames follow each other: more would only wait
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(_bundled()), options, providers=["CPUExecutionProvider"])


def _bundled() -> Path:
    """The model in faster-whisper's package, which brings it under its own licence (MIT)."""
    package = importlib.util.find_spec("faster_whisper")  # finds, does not import
    if package is None or package.origin is None:
        raise FileNotFoundError("the package faster-whisper is not installed")
    return Path(package.origin).parent / "assets" / MODEL
