"""Where the weights of a model that compares pictures with words lie, as open_clip's hub pages lay them out."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import Context
from pipelines.engines.hub import Brought, bring
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings

MODEL_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"  # open_clip's names, or a folder's; never a path
CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
BYTES_A_PARAMETER = 4  # float32, in which they are loaded


@dataclass(frozen=True, slots=True)
class PublishedClip:
    """A model of the Hugging Face hub, by its repository there, and how many numbers were trained."""

    name: str
    repository: str
    parameters: int

    @property
    def memory_bytes(self) -> int:
        """What a process needs to hold it."""
        return BYTES_A_PARAMETER * self.parameters


# LAION's, trained on LAION-2B (Schuhmann et al. 2022, https://arxiv.org/abs/2210.08402); MIT.
PUBLISHED = (
    PublishedClip("ViT-B-32", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", 151_277_313),
    PublishedClip("ViT-B-16", "laion/CLIP-ViT-B-16-laion2B-s34B-b88K", 149_620_737),
    PublishedClip("ViT-L-14", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K", 427_616_513),
    PublishedClip("ViT-H-14", "laion/CLIP-ViT-H-14-laion2B-s32B-b79K", 986_109_441),
)


def probe_open_clip(model_name: str, surroundings: Surroundings) -> Availability:
    """Whether ``model_name`` can run: the package and the weights are here."""
    if importlib.util.find_spec("open_clip") is None:
        return Availability(False, "the package open_clip_torch is not installed")
    if local_weights(model_name, surroundings.models_dir):
        return AVAILABLE
    is_published = model_name in {clip.name for clip in PUBLISHED}
    pulled = f"run triptych models pull open-clip/{model_name}, or " if is_published else ""
    return Availability(
        False,
        f"no weights of {model_name}: {pulled}put {WEIGHTS[0]} (or {WEIGHTS[1]}) and {CONFIG} into the models' folder "
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


def bring_open_clip(clip: PublishedClip, context: Context) -> Brought:
    """Fetch a published model into the models' folder, its weights as safetensors where they are published so.

    The others are loaded as tensors alone, never as a pickle that can run code. Raises as ``hub.bring`` does.
    """
    folder = context.models_dir / "open-clip" / clip.name
    brought = bring(clip.repository, (CONFIG, WEIGHTS[0]), folder, context, optional=WEIGHTS[:1])
    if folder / WEIGHTS[0] in brought.files:
        return brought
    return bring(clip.repository, (CONFIG, WEIGHTS[1]), folder, context)
