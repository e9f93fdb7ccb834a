"""BERT read straight from its weights, of whatever size its config says, without importing transformers.

Importing transformers costs seconds and hundreds of megabytes more than the layers need. The arithmetic is that of
Devlin et al. 2019 (https://arxiv.org/abs/1810.04805); tests hold it to transformers and sentence-transformers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from safetensors import SafetensorError
from safetensors.torch import load_file

from pipelines.engines import model_size
from pipelines.engines.bert_config import WEIGHTS, BertConfig, read_bert_config
from pipelines.errors import EngineUnavailable

Tensor = Any  # torch is followed as untyped


class Bert:
    """The encoder's weights, loaded once. Thread-safe: nothing is written after construction."""

    def __init__(self, folder: Path) -> None:
        self.config = read_bert_config(folder)
        self.weights = _weights(folder / WEIGHTS)
        self.size_bytes = model_size.of_tensors(self.weights.values())
        _refuse_misfit(self.config, self.weights, folder.name)

    def hidden(self, tokens: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """The last layer for rows of token numbers, frames included.

        Float32 of shape (rows, longest, width), and bool of shape (rows, longest): where there is a token.
        """
        longest = max(len(row) for row in tokens)
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens])
        seen = torch.tensor([[position < len(row) for position in range(longest)] for row in tokens])
        hidden = self._embed(ids)
        for layer in range(self.config.layers):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, seen)
        return hidden, seen

    def linear(self, name: str, hidden: Tensor) -> Tensor:
        """The layer called ``name`` applied to ``hidden``."""
        return functional.linear(hidden, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _embed(self, ids: Tensor) -> Tensor:
        summed = self.weights["embeddings.word_embeddings.weight"][ids]
        summed = summed + self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        return self._normed("embeddings", summed + self.weights["embeddings.token_type_embeddings.weight"][0])

    def _layer(self, name: str, hidden: Tensor, seen: Tensor) -> Tensor:
        mixed = self._attention(f"{name}.attention.self", hidden, seen)
        attended = self.linear(f"{name}.attention.output.dense", mixed)
        hidden = self._normed(f"{name}.attention.output", attended + hidden)
        grown = functional.gelu(self.linear(f"{name}.intermediate.dense", hidden))
        return self._normed(f"{name}.output", self.linear(f"{name}.output.dense", grown) + hidden)

    def _attention(self, name: str, hidden: Tensor, seen: Tensor) -> Tensor:
        batch, length, width = hidden.shape
        heads = self.config.heads
        query, key, value = (
            self.linear(f"{name}.{part}", hidden).view(batch, length, heads, width // heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None, None, :])
        return mixed.transpose(1, 2).reshape(batch, length, width)

    def _normed(self, name: str, hidden: Tensor) -> Tensor:
        weight, bias = self.weights[f"{name}.LayerNorm.weight"], self.weights[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(hidden, (self.config.width,), weight, bias, self.config.layer_norm_epsilon)


def _weights(path: Path) -> dict[str, Tensor]:
    """By the names of the bare encoder, in float32: heads prefix them, and old files call LayerNorm's otherwise.

    Copied, since what is read is the mapped file: writing over it would change the model, or end the process.
    """
    try:
        stored = load_file(path)
    except (SafetensorError, OSError) as error:
        raise EngineUnavailable(f"{WEIGHTS} of {path.parent.name} cannot be read: {error}") from error
    floats = {_bare(name): tensor for name, tensor in stored.items() if tensor.is_floating_point()}
    return {name: tensor.to(torch.float32, copy=True) for name, tensor in floats.items()}


def _bare(name: str) -> str:
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _refuse_misfit(config: BertConfig, weights: Mapping[str, Tensor], name: str) -> None:
    """Tell what does not fit when it is loaded, rather than in the middle of a run."""
    wanted = {
        "embeddings.word_embeddings.weight": (config.vocabulary, config.width),
        "embeddings.position_embeddings.weight": (config.max_positions, config.width),
        "embeddings.token_type_embeddings.weight": None,
        "embeddings.LayerNorm.weight": (config.width,),
        "embeddings.LayerNorm.bias": (config.width,),
    }
    parts = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
    square = (config.width, config.width)
    for layer in range(config.layers):
        within = f"encoder.layer.{layer}"
        wanted |= {f"{within}.{part}.weight": square for part in parts}
        wanted |= {f"{within}.{part}.bias": (config.width,) for part in parts}
        others = ("attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm")
        wanted |= {f"{within}.{part}.{half}": None for part in others for half in ("weight", "bias")}
    for key, shape in wanted.items():
        if key not in weights:
            raise EngineUnavailable(f"{WEIGHTS} of {name} lacks {key}")
        if shape is not None and tuple(weights[key].shape) != shape:
            found = tuple(weights[key].shape)
            raise EngineUnavailable(f"{WEIGHTS} of {name} has {key} of shape {found}; its config says {shape}")
