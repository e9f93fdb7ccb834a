"""Prints of voices by the models that WeSpeaker and 3D-Speaker publish as ONNX: vectors that tell who speaks."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort

from pipelines.contract import EngineUsed
from pipelines.engines.diarising import ENGINE
from pipelines.errors import EngineUnavailable
from pipelines.media.filter_bank import BANDS, Taper, filter_bank
from pipelines.media.sound import SPEECH_RATE_HZ

FULL_SCALE = 32768.0  # WeSpeaker's models were trained on samples of 16 bits, 3D-Speaker's on -1..1
# ONNX Runtime's errors have no base of their own.
FAILURES = (
    ort.Fail,
    ort.InvalidArgument,
    ort.InvalidGraph,
    ort.InvalidProtobuf,
    ort.NotImplemented,
    ort.RuntimeException,
)


class VoicePrinter:
    """A loaded model.

    All take the log filter bank of 80 bands less its mean over time, of shape (1, frames, 80), and give a vector. They
    differ in scale and window: WeSpeaker's (whose input is called ``feats``) have 16-bit samples under Hamming's,
    3D-Speaker's samples in -1..1 under Povey's. What sherpa-onnx wrote into a file's metadata is minded.
    """

    def __init__(self, path: Path, session: Any) -> None:  # Any: onnxruntime ships no types that hold here
        """Raises EngineUnavailable where the model takes something else."""
        self._path = path
        self.size_bytes = path.stat().st_size
        told = session.get_modelmeta().custom_metadata_map
        self.used = EngineUsed(ENGINE, path.stem, version("onnxruntime"))
        self._session = session
        given = session.get_inputs()
        if len(given) != 1 or len(given[0].shape) != 3 or given[0].shape[2] != BANDS:
            raise EngineUnavailable(f"{path.name} does not take frames of {BANDS} bands: it is no speaker embedding")
        if int(told.get("sample_rate", SPEECH_RATE_HZ)) != SPEECH_RATE_HZ:
            raise EngineUnavailable(f"{path.name} wants {told['sample_rate']} samples a second, not {SPEECH_RATE_HZ}")
        self._input = given[0].name
        is_wespeaker = told.get("framework", "wespeaker" if self._input == "feats" else "") == "wespeaker"
        self._taper = Taper.HAMMING if is_wespeaker else Taper.POVEY
        self._scale = 1.0 if told.get("normalize_samples", "0" if is_wespeaker else "1") == "1" else FULL_SCALE

    def print(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The vector (d,) of ``samples``, mono at 16 kHz in -1..1, only its direction tells.

        Raises EngineUnavailable when the model fails.
        """
        bands = filter_bank(samples * np.float32(self._scale), self._taper)
        given = (bands - bands.mean(axis=0))[None]
        try:
            found = self._session.run(None, {self._input: given})[0]
        except FAILURES as error:
            raise _unusable(self._path, error) from error
        return np.asarray(found, np.float32).reshape(-1)


def load_printer(path: Path) -> VoicePrinter:
    """Load the model at ``path``. Raises EngineUnavailable when it is none."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1  # a CPU worker is one of several
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except FAILURES as error:
        raise _unusable(path, error) from error
    return VoicePrinter(path, session)


def _unusable(path: Path, error: Exception) -> EngineUnavailable:
    first_line = str(error).partition("\n")[0]
    return EngineUnavailable(f"{path.name} is no speaker embedding that ONNX Runtime can run: {first_line}")
