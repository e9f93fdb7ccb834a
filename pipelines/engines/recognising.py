"""Who can tell names in a text: a BERT token classifier where its files are. Nobody guesses in its place."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size
from pipelines.engines.bert_config import WEIGHTS, absent_files, bert_files, read_bert_config
from pipelines.engines.model_key import key_of
from pipelines.engines.published_berts import RECOGNISING, how_to_bring
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, choose
from pipelines.engines.weights_memory import float32_bytes
from pipelines.errors import EngineUnavailable

DEFAULT_MODEL = "bert-base-NER"  # CoNLL 2003's people, organisations, places and others, in English
NEEDED = ("safetensors", "tokenizers", "torch")


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a text: characters from ``start`` up to, not with, ``end``; ``score`` in 0..1."""

    label: str
    start: int
    end: int
    score: float


class Recogniser(Protocol):
    """A loaded model that tells names."""

    used: EngineUsed
    size_bytes: int

    def recognise(self, text: str, check: Callable[[], None]) -> Generator[tuple[int, list[Entity]], None, None]:
        """The entities of each window in order, with the character up to which the text has been read.

        ``check`` is called while it waits for others' passes, and between its own.
        """


LoadRecogniser = Callable[[Context], Recogniser]
"""Load a model in the context of a run."""


def recogniser(context: Context, model_name: str = DEFAULT_MODEL) -> Recogniser:
    """The model that tells names, loaded or taken from the cache. Raises EngineUnavailable naming what is missing."""
    engine = choose(recognising_engines(model_name), Surroundings(context.models_dir, context.network)).engine
    files = model_files(model_name, context.models_dir)
    return context.models.get(
        key_of(f"entities/{model_name}", files),
        lambda: engine.make()(context),
        size_bytes=lambda loaded: loaded.size_bytes,
        need_bytes=float32_bytes(path for path in files if path.name == WEIGHTS) or model_size.of_files(files),
    )


def recognising_engines(model_name: str = DEFAULT_MODEL) -> tuple[Engine[LoadRecogniser], ...]:
    """The engines in order of preference."""
    return (
        Engine(
            "bert-ner",
            Capability.RECOGNISE,
            probe=lambda surroundings: _probe(model_name, surroundings),
            make=lambda: lambda context: _load(model_name, context),
            model=model_name,
            packages=("tokenizers", "torch"),
            weights=lambda models_dir: model_files(model_name, models_dir),
        ),
    )


def model_files(model_name: str, models_dir: Path) -> list[Path]:
    """The files that are ``model_name`` here."""
    return bert_files(models_dir / "entities" / model_name)


def _probe(model_name: str, surroundings: Surroundings) -> Availability:
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        return Availability(False, f"not installed: {', '.join(missing)} (pip install 'triptych[text]')")
    absent = absent_files(surroundings.models_dir / "entities" / model_name)
    if absent:
        return Availability(
            False,
            f"no model {model_name}: put {', '.join(absent)} of a BERT token classifier into the models' folder "
            f"entities/{model_name}{how_to_bring(f'entities/{model_name}', RECOGNISING)}",
        )
    try:
        config = read_bert_config(surroundings.models_dir / "entities" / model_name)
    except EngineUnavailable as error:
        return Availability(False, error.message)
    return AVAILABLE if config.labels else Availability(False, f"config.json of {model_name} names no labels: id2label")


def _load(model_name: str, context: Context) -> Recogniser:
    from pipelines.engines.bert_recogniser import BertRecogniser  # loads torch

    return BertRecogniser(context.models_dir / "entities" / model_name, context.models.note_pass)
