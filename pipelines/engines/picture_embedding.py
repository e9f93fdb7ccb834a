"""Who can turn a picture into a vector: a CLIP-type model, whose words share its space, else a timm classifier."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines import comparing, labelling, open_clip_weights, timm_weights
from pipelines.engines.selection import Capability, Engine

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURES_ONLY = "The vectors are a classifier's: they compare pictures with pictures, not with words"


class PictureEmbedder(Protocol):
    """A model ready to turn pictures into vectors."""

    @property
    def used(self) -> EngineUsed:
        """Which engine and model it is."""

    @property
    def joint_with_text(self) -> bool:
        """Whether the vectors lie in one space with those of texts."""

    def prepare(self, picture: "Image") -> Any:  # Any: torch is followed as untyped
        """The pixels of an upright RGB picture as the model wants them: a tensor of fixed shape, whatever its size."""

    def encode(self, prepared: Sequence[Any]) -> list[list[float]]:  # Any: as above
        """Vectors of length 1, one a picture."""

    def encode_texts(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of length 1 among those of the pictures that fit the texts.

        Raises EngineUnavailable unless ``joint_with_text``.
        """


MakeEmbedder = Callable[[Context], PictureEmbedder]


def picture_embedding_engines(
    comparer: str = comparing.DEFAULT_MODEL, classifier: str = labelling.DEFAULT_MODEL
) -> tuple[Engine[MakeEmbedder], ...]:
    """The engines in order of preference, with the open_clip and the timm model that they would use."""
    return (
        Engine(
            "open-clip",
            Capability.EMBED,
            probe=lambda surroundings: open_clip_weights.probe_open_clip(comparer, surroundings),
            make=lambda: _make_open_clip(comparer),
            model=comparer,
            packages=("open_clip_torch", "timm", "torch", "torchvision"),
            weights=lambda models_dir: open_clip_weights.weights_files(comparer, models_dir),
        ),
        Engine(
            "timm",
            Capability.EMBED,
            probe=lambda surroundings: timm_weights.probe_timm(classifier, surroundings),
            make=lambda: _make_timm(classifier),
            fallback_warning=PICTURES_ONLY,
            model=classifier,
            packages=("timm", "torch", "torchvision"),
            weights=lambda models_dir: timm_weights.weights_files(classifier, models_dir),
        ),
    )


def _make_open_clip(model_name: str) -> MakeEmbedder:
    from pipelines.engines.open_clip_comparer import OpenClipComparer  # loads torch

    return lambda context: OpenClipComparer(model_name, context)


def _make_timm(model_name: str) -> MakeEmbedder:
    from pipelines.engines.timm_classifier import TimmLabeller  # loads torch

    return lambda context: TimmLabeller(model_name, context)
