"""Where RapidOCR's models lie: in its own package, or, for other scripts, in the models' folder."""

import importlib.util
from pathlib import Path

from pipelines.engines.reading_scripts import HOST, LineRecogniser
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings, unanswered
from pipelines.errors import DownloadAway

DETECTION = "PP-OCRv6_det_small.onnx"
RECOGNITION = "PP-OCRv6_rec_small.onnx"
MODEL_NAME = "PP-OCRv6 small"
KNOWN_NAME = "rapidocr/PP-OCRv6-small"


def bundled(model: str) -> Path:
    """The file of a bundled model. Raises FileNotFoundError when RapidOCR is not installed."""
    package = importlib.util.find_spec("rapidocr")  # finds, does not import
    if package is None or package.origin is None:
        raise FileNotFoundError("the package rapidocr is not installed")
    return Path(package.origin).parent / "models" / model


def probe_rapid_ocr(_: Surroundings) -> Availability:
    """Whether the packages and every model file are here."""
    if importlib.util.find_spec("onnxruntime") is None:
        return Availability(False, "the package onnxruntime is not installed")
    try:
        missing = [model for model in (DETECTION, RECOGNITION) if not bundled(model).is_file()]
    except FileNotFoundError as absent:
        return Availability(False, str(absent))
    if missing:
        return Availability(False, f"rapidocr was installed without {', '.join(missing)}: install version 3.10")
    return AVAILABLE


def probe_recogniser(recogniser: LineRecogniser, surroundings: Surroundings) -> Availability:
    """Whether ``recogniser`` can read what the package's finder of lines finds: it is here, or can be fetched."""
    found = probe_rapid_ocr(surroundings)
    if not found.ok or recogniser.path(surroundings.models_dir).is_file() or surroundings.network.reachable(HOST):
        return found
    return unanswered(
        surroundings.network,
        f"no {recogniser.file_name} in the models' folder rapidocr/{recogniser.folder}, and {HOST} cannot be reached",
        DownloadAway,
    )
