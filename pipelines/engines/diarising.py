"""Who can tell voices apart: a model that prints voices, where its file is. Nobody guesses in its place."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contract import Context
from pipelines.engines.fetching import Remote, fetch
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings

if TYPE_CHECKING:
    from pipelines.engines.voice_printing import VoicePrinter

ENGINE = "voice-prints"
MODEL_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._+-]*$"  # a file's name, never a path

# WeSpeaker's ResNet34, trained on VoxCeleb (CC-BY-4.0), as sherpa-onnx publishes it; the checksum is its release's.
DEFAULT_MODEL = "wespeaker_en_voxceleb_resnet34_LM"
REMOTE = Remote(
    f"https://github.com/k2-fsa/sherpa-onnx/releases/download/speaker-recongition-models/{DEFAULT_MODEL}.onnx",
    "e9848563da86f263117134dfd7ad63c92355b37de492b55e325400c9d9c39012",
)

LoadPrinter = Callable[[Path], "VoicePrinter"]
"""Load a model, given the directory of weights. Raises EngineUnavailable."""


def diarising_engines(model_name: str = DEFAULT_MODEL) -> Sequence[Engine[LoadPrinter]]:
    """The engines in order of preference."""
    return (
        Engine(
            ENGINE,
            Capability.DIARISE,
            probe=lambda surroundings: _probe(model_name, surroundings),
            make=_make,
            model=model_name,
            packages=("onnxruntime", "faster-whisper"),
            weights=lambda models_dir: [model_file(model_name, models_dir)],
        ),
    )


def model_file(model_name: str, models_dir: Path) -> Path:
    """Where ``model_name`` lies, or would."""
    return models_dir / "speakers" / f"{model_name}.onnx"


def bring(context: Context) -> None:
    """Fetch the default model. Raises as ``fetch`` does."""
    fetch(REMOTE, model_file(DEFAULT_MODEL, context.models_dir), context)


def _probe(model_name: str, surroundings: Surroundings) -> Availability:
    if find_spec("onnxruntime") is None:
        return Availability(False, "the package onnxruntime is not installed")
    if model_file(model_name, surroundings.models_dir).is_file():
        return AVAILABLE
    why = f"there is no {model_name}.onnx in the models' folder speakers: put it there"
    return Availability(False, f"{why}, or pull speakers/{model_name}" if model_name == DEFAULT_MODEL else why)


def _make() -> LoadPrinter:
    from pipelines.engines.voice_printing import load_printer

    return load_printer
