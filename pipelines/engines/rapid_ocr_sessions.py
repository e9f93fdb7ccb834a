"""RapidOCR's models in memory: those of its package, and the recogniser of another script."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.contract import Context
from pipelines.engines import model_size
from pipelines.engines.model_key import key_of
from pipelines.engines.rapid_ocr_models import DETECTION, KNOWN_NAME, RECOGNITION, bundled
from pipelines.engines.reading_scripts import LineRecogniser
from pipelines.errors import EngineUnavailable

DICTIONARY = "character"  # the entry of an ONNX file's metadata that holds a recogniser's characters, one a line
THREADS = "OMP_NUM_THREADS"  # by which each of several workers is told its share of the cores
ADDED = 2  # to the dictionary, by RapidOCR: the blank between two characters, and the space


def bundled_models(context: Context) -> Any:  # Any: rapidocr ships no types
    """RapidOCR with the finder and the recogniser of its package, both loaded."""
    size_bytes = model_size.of_files([bundled(DETECTION), bundled(RECOGNITION)])
    return context.models.get(KNOWN_NAME, _load_bundled, lambda _: size_bytes, size_bytes)


def recogniser_of(recogniser: LineRecogniser, context: Context) -> Any:  # Any: as above
    """RapidOCR with ``recogniser``, loaded, and no finder; fetched first where it is not here.

    Raises EngineUnavailable where the file is no recogniser, and as ``fetch`` does.
    """
    path = recogniser.ready(context)
    size_bytes = model_size.of_files([path])
    key = key_of(recogniser.name, [path])
    return context.models.get(key, lambda: _load_recogniser(path, recogniser.folder), lambda _: size_bytes, size_bytes)


def _load_bundled() -> Any:
    ocr = _ocr(bundled(RECOGNITION))
    ocr(np.full((48, 48, 3), 255, np.uint8), use_det=True, use_cls=False, use_rec=False)  # loaded by its first use
    return ocr


def _load_recogniser(path: Path, folder: str) -> Any:
    _refuse_what_is_no_recogniser(path, folder)
    return _ocr(path)


def _ocr(recognition: Path) -> Any:
    from rapidocr import RapidOCR

    ocr = RapidOCR(
        params={  # a model given by its path is used as it is; one given by name may be fetched
            "Det.model_path": str(bundled(DETECTION)),
            "Rec.model_path": str(recognition),
            "Global.max_side_len": 1 << 16,  # reducing is ours, so that boxes are scaled once
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": _threads(),
        }
    )
    ocr.recognize_txt([np.full((48, 48, 3), 255, np.uint8)])  # loaded by its first use
    return ocr


def _threads() -> int:
    """As many as a worker is told to start; -1, one a core, where it is told nothing. ONNX Runtime does not look."""
    told = os.environ.get(THREADS, "")
    return int(told) if told.isdecimal() else -1


def _refuse_what_is_no_recogniser(path: Path, folder: str) -> None:
    """Raise EngineUnavailable where RapidOCR would fail, or fetch a dictionary by itself."""
    from onnxruntime import InferenceSession
    from onnxruntime.capi import onnxruntime_pybind11_state as refusals

    try:
        session = InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except (
        refusals.Fail,
        refusals.InvalidArgument,
        refusals.InvalidGraph,
        refusals.InvalidProtobuf,
        refusals.NoSuchFile,
        refusals.NotImplemented,
        refusals.RuntimeException,
    ) as broken:
        first_line = str(broken).strip().partition("\n")[0]
        raise EngineUnavailable(f"{path.name} in rapidocr/{folder} cannot be loaded: {first_line}") from broken
    characters = session.get_modelmeta().custom_metadata_map.get(DICTIONARY, "").splitlines()
    classes = session.get_outputs()[0].shape[-1]
    if not characters or (isinstance(classes, int) and classes > len(characters) + ADDED):
        raise EngineUnavailable(
            f"{path.name} in rapidocr/{folder} has {len(characters)} characters in its dictionary, too few for its "
            "outputs: take the file as RapidOCR publishes it"
        )
