"""What a BERT's `config.json` says of its network, read without loading it, as Hugging Face lays models out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import EngineUnavailable

CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
VOCABULARY, TOKENIZER_CONFIG = "vocab.txt", "tokenizer_config.json"  # what older models have in place of TOKENIZER
# What sentence-transformers puts beside them: how tokens are pooled, how many are read, what else there is.
POOLING, LENGTH = "1_Pooling/config.json", "sentence_bert_config.json"
MODULES, PROMPTS = "modules.json", "config_sentence_transformers.json"
MODEL_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"  # a folder's name, never a path

Json = Mapping[str, Any]  # Any: each value is checked where it is read


@dataclass(frozen=True, slots=True)
class BertConfig:
    """The sizes of a network; ``labels`` are those of a token classifier by number, numbered names where none are."""

    width: int
    layers: int
    heads: int
    layer_norm_epsilon: float
    max_positions: int
    vocabulary: int
    labels: tuple[str, ...]


def bert_files(folder: Path) -> list[Path]:
    """The files that a BERT in ``folder`` is read from, those that it lacks too."""
    is_old = not (folder / TOKENIZER).is_file() and (folder / VOCABULARY).is_file()
    spelling = (VOCABULARY, TOKENIZER_CONFIG) if is_old else (TOKENIZER,)
    return [folder / name for name in (CONFIG, *spelling, WEIGHTS)]


def absent_files(folder: Path) -> list[str]:
    """Which of the files that every BERT needs are not in ``folder``; an old one may be without TOKENIZER_CONFIG."""
    return [path.name for path in bert_files(folder) if not path.is_file() and path.name != TOKENIZER_CONFIG]


def read_bert_config(folder: Path) -> BertConfig:
    """The config in ``folder``. Raises EngineUnavailable where it is missing, broken or of another architecture."""
    stated = read_json(folder / CONFIG)
    _refuse_other_arithmetic(stated, folder)
    try:
        named = {int(number): str(name) for number, name in stated.get("id2label", {}).items()}
        config = BertConfig(
            width=int(stated["hidden_size"]),
            layers=int(stated["num_hidden_layers"]),
            heads=int(stated["num_attention_heads"]),
            layer_norm_epsilon=float(stated.get("layer_norm_eps", 1e-12)),
            max_positions=int(stated["max_position_embeddings"]),
            vocabulary=int(stated["vocab_size"]),
            labels=tuple(named.get(number, f"LABEL_{number}") for number in range(max(named, default=-1) + 1)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineUnavailable(f"{CONFIG} of {folder.name} does not describe a BERT: {error!r}") from error
    if config.heads < 1 or config.width % config.heads:
        raise EngineUnavailable(f"{CONFIG} of {folder.name}: {config.heads} heads do not divide {config.width}")
    return config


def read_json(path: Path) -> Json:
    """The object in a file of the model. Raises EngineUnavailable where there is none."""
    stated = read_any_json(path)
    if not isinstance(stated, dict):
        raise EngineUnavailable(f"{path.name} of the model {path.parent.name} holds no JSON object")
    return stated


def read_any_json(path: Path) -> object:
    """What a file of the model holds. Raises EngineUnavailable where it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EngineUnavailable(f"{path.name} of the model {path.parent.name} cannot be read: {error}") from error


def _refuse_other_arithmetic(stated: Json, folder: Path) -> None:
    """RoBERTa, DistilBERT and others count positions or name weights otherwise: their results would be wrong."""
    for key, only in (("model_type", "bert"), ("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
        found = stated.get(key, only)
        if found != only:
            raise EngineUnavailable(f"{folder.name} has {key} {found!r}: only {only!r} is computed here")
