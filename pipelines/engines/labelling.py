"""Who can say what a picture shows: a timm classifier where its weights can be had. Nobody guesses in its place."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines.label import Attention, Label
from pipelines.engines.selection import Capability, Engine
from pipelines.engines.timm_weights import probe_timm, weights_files

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_MODEL = "vit_base_patch16_224"


class Labeller(Protocol):
    """A classifier ready to label pictures."""

    @property
    def used(self) -> EngineUsed:
        """Which engine and model it is."""

    def label(self, picture: "Image", count: int) -> Sequence[Label]:
        """The ``count`` most probable labels of an upright RGB picture, best first."""

    def attention(self, picture: "Image") -> Attention:
        """Where it looks in an upright RGB picture for its first label; EngineUnavailable where it cannot tell."""


MakeLabeller = Callable[[str, Context], Labeller]


def labelling_engines(model_name: str = DEFAULT_MODEL) -> tuple[Engine[MakeLabeller], ...]:
    """The engines in order of preference."""
    return (
        Engine(
            "timm",
            Capability.LABEL,
            probe=lambda surroundings: probe_timm(model_name, surroundings),
            make=_make_timm,
            model=model_name,
            packages=("timm", "torch", "torchvision"),
            weights=lambda models_dir: weights_files(model_name, models_dir),
        ),
    )


def _make_timm() -> MakeLabeller:
    from pipelines.engines.timm_classifier import TimmLabeller  # loads torch

    return TimmLabeller
