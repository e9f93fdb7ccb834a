"""Who can say how well words fit a picture: a CLIP-type model where its weights are. Nobody guesses in its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed, JsonObject
from pipelines.engines.open_clip_weights import probe_open_clip, weights_files
from pipelines.engines.selection import Capability, Engine

if TYPE_CHECKING:
    from PIL.Image import Image

DEFAULT_MODEL = "ViT-B-32"


@dataclass(frozen=True, slots=True)
class Fit:
    """A phrase of the user's and how well it fits the picture.

    ``score``: the probability among the phrases that were given, in 0..1; they sum to 1 even where none fits.
    ``cosine``: of the angle between the picture's vector and the phrase's, in -1..1; low for all where none fits.
    """

    label: str
    score: float
    cosine: float

    def body(self) -> JsonObject:
        """The fit as JSON."""
        return {"label": self.label, "score": round(self.score, 4), "cosine": round(self.cosine, 4)}


class Comparer(Protocol):
    """A model ready to compare pictures with words."""

    @property
    def used(self) -> EngineUsed:
        """Which engine and model it is."""

    def compare(self, picture: "Image", words: Sequence[str], prompt: str) -> Sequence[Fit]:
        """How well each of ``words``, put in the place of ``{}`` in ``prompt``, fits an upright RGB picture.

        Best first.
        """


MakeComparer = Callable[[str, Context], Comparer]


def comparing_engines(model_name: str = DEFAULT_MODEL) -> tuple[Engine[MakeComparer], ...]:
    """The engines in order of preference."""
    return (
        Engine(
            "open-clip",
            Capability.COMPARE,
            probe=lambda surroundings: probe_open_clip(model_name, surroundings),
            make=_make_open_clip,
            model=model_name,
            packages=("open_clip_torch", "timm", "torch", "torchvision"),
            weights=lambda models_dir: weights_files(model_name, models_dir),
        ),
    )


def _make_open_clip() -> MakeComparer:
    from pipelines.engines.open_clip_comparer import OpenClipComparer  # loads torch

    return OpenClipComparer
