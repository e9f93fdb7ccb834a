"""Where the weights of a model that compares pictures with words lie, as open_clip's hub pages lay them out."""

import importlib.util
from pathlib import Path

from pipelines.engines.selection import AVAILABLE, Availability, Surroundings

MODEL_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"  # open_clip's names, or a folder's; never a path
CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


def probe_open_clip(model_name: str, surroundings: Surroundings) -> Availability:
    """Whether ``model_name`` can run: the package and the weights are here."""
    if importlib.util.find_spec("open_clip") is None:
        return Availability(False, "the package open_clip_torch is not installed")
    if local_weights(model_name, surroundings.models_dir):
        return AVAILABLE
    return Availability(
        False,
        f"no weights of {model_name}: put {WEIGHTS[0]} (or {WEIGHTS[1]}) and {CONFIG} into the models' folder "
        f"open-clip/{model_name}",
    )


def local_weights(model_name: str, models_dir: Path) -> Path | None:
    """The file of weights of ``model_name`` on disk, safetensors first; None where there is none."""
    folder = models_dir / "open-clip" / model_name
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


def weights_files(model_name: str, models_dir: Path) -> list[Path]:
    """The files that say what ``model_name`` is here."""
    folder = models_dir / "open-clip" / model_name
    return [local_weights(model_name, models_dir) or folder / WEIGHTS[0], folder / CONFIG]
