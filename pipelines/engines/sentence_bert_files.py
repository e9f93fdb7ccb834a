"""Where an embedding model of sentence-transformers' layout lies, and how it makes one vector of a text's tokens."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pipelines.engines.bert_config import (
    LENGTH,
    MODULES,
    POOLING,
    PROMPTS,
    Json,
    absent_files,
    bert_files,
    read_any_json,
    read_bert_config,
    read_json,
)
from pipelines.engines.published_berts import EMBEDDING, how_to_bring
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings
from pipelines.errors import EngineUnavailable

NEEDED = ("safetensors", "tokenizers", "torch")
KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")  # its vectors have length 1 here, normalised there or not


@dataclass(frozen=True, slots=True)
class SentenceConfig:
    """How tokens are pooled, how many of a text are read, the two that frame it included, and whether in lower case."""

    pooling: Literal["mean", "cls"]
    max_tokens: int
    lower: bool


def model_folder(name: str, models_dir: Path) -> Path:
    """Where the embedding model ``name`` lies."""
    return models_dir / "embed" / name


def model_files(name: str, models_dir: Path) -> list[Path]:
    """The files that say what ``name`` is here."""
    folder = model_folder(name, models_dir)
    return [*bert_files(folder), *(folder / file for file in (POOLING, LENGTH, MODULES, PROMPTS))]


def probe_sentence_bert(name: str, surroundings: Surroundings) -> Availability:
    """Whether ``name`` can run: the packages and the files are here, and they say what can be computed."""
    missing = [module for module in NEEDED if find_spec(module) is None]
    if missing:
        return Availability(False, f"not installed: {', '.join(missing)} (pip install 'triptych[text]')")
    folder = model_folder(name, surroundings.models_dir)
    absent = [*absent_files(folder), *([] if (folder / POOLING).is_file() else [POOLING])]
    if absent:
        why = f"no model {name}: put {', '.join(absent)} of a BERT by sentence-transformers into the models' folder "
        return Availability(False, f"{why}embed/{name}{how_to_bring(f'embed/{name}', EMBEDDING)}")
    try:
        read_sentence_config(folder)
    except EngineUnavailable as error:
        return Availability(False, error.message)
    return AVAILABLE


def read_sentence_config(folder: Path) -> SentenceConfig:
    """What the files in ``folder`` say. Raises EngineUnavailable for what is not computed here."""
    _refuse_other_modules(folder)
    _refuse_prompt(folder)
    lengths = _optional(folder / LENGTH)
    positions = read_bert_config(folder).max_positions
    longest = lengths.get("max_seq_length") or positions
    if not isinstance(longest, int) or longest < 3:
        raise EngineUnavailable(f"{LENGTH} of {folder.name} has max_seq_length {longest!r}: a number from 3 is needed")
    return SentenceConfig(_pooling(folder), min(longest, positions), bool(lengths.get("do_lower_case")))


def _pooling(folder: Path) -> Literal["mean", "cls"]:
    stated = read_json(folder / POOLING)
    modes = [name for name in stated if name.startswith("pooling_mode_") and stated[name]]  # as older files tell it
    mode = stated.get("pooling_mode") or " and ".join(modes)
    if mode in ("mean", "pooling_mode_mean_tokens"):
        return "mean"
    if mode in ("cls", "pooling_mode_cls_token"):
        return "cls"
    raise EngineUnavailable(f"{folder.name} pools by {mode!r}: only mean and cls are computed here")


def _refuse_other_modules(folder: Path) -> None:
    """A layer behind the pooling would change the vectors."""
    if not (folder / MODULES).is_file():
        return
    modules = read_any_json(folder / MODULES)
    if not isinstance(modules, list):
        raise EngineUnavailable(f"{MODULES} of {folder.name} holds no list")
    kinds = [str(one.get("type")).rpartition(".")[2] if isinstance(one, dict) else repr(one) for one in modules]
    others = [kind for kind in kinds if kind not in KNOWN_MODULES]
    if others:
        raise EngineUnavailable(f"{folder.name} has modules that are not computed here: {', '.join(others)}")


def _refuse_prompt(folder: Path) -> None:
    prompt = _optional(folder / PROMPTS).get("default_prompt_name")
    if prompt:
        raise EngineUnavailable(f"{folder.name} puts its prompt {prompt!r} before every text, which is not done here")


def _optional(path: Path) -> Json:
    return read_json(path) if path.is_file() else {}
