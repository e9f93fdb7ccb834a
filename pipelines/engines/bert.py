"""BERT read straight from its weights, of whatever size its config says, without importing transformers.

Importing transformers costs seconds and hundreds of megabytes more than the layers need. The arithmetic is that of
Devlin et al. 2019 (https://arxiv.org/abs/1810.04805); tests hold it to transformers and sentence-transformers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self, TypeAlias, TypeVar

import torch
import torch.nn.functional as functional
from safetensors import SafetensorError
from safetensors.torch import load_file

from pipelines.engines import model_size
from pipelines.engines.batching import Batcher
from pipelines.engines.bert_config import WEIGHTS, BertConfig, read_bert_config
from pipelines.engines.pass_bound import PassBound
from pipelines.engines.passes import NotePass, PassKind
from pipelines.engines.torch_device import best_device, device_memory
from pipelines.errors import EngineUnavailable

R = TypeVar("R")  # what becomes of a row

Tensor = Any  # torch is followed as untyped

CPU_TOKENS, GPU_TOKENS = 2048, 65_536  # a pass; beyond these a token takes as long as before
TOKEN_BYTES = 64 << 10  # of a BERT-base's layers in float32: half of it the inner one of 3072, twice
SHORTEST_BUCKET = 16  # tokens

Tokens: TypeAlias = Sequence[int]


def batcher_of_tokens(
    run: Callable[[Sequence[Tokens]], Sequence[R]], device: str, kind: PassKind, note: NotePass
) -> Batcher[Tokens, R]:
    """A batcher of rows of token numbers, whose lengths in a pass differ by a factor of two at most."""
    bound = PassBound(GPU_TOKENS if device == "cuda" else CPU_TOKENS, device_memory(device), TOKEN_BYTES)
    return Batcher(run, kind, bound, key_of=_bucket, weight_of=len, note=note)


class Bert:
    """The encoder's weights, loaded once, on the GPU where there is one. Thread-safe: nothing is written afterwards."""

    def __init__(self, folder: Path) -> None:
        self.config = read_bert_config(folder)
        self.device = best_device()
        self.weights = {name: tensor.to(self.device) for name, tensor in _weights(folder / WEIGHTS).items()}
        self.size_bytes = model_size.of_tensors(self.weights.values())
        _refuse_misfit(self.config, self.weights, folder.name)

    def hidden(self, tokens: Sequence[Tokens]) -> tuple[Tensor, Tensor]:
        """The last layer for rows of token numbers, frames included.

        Float32 of shape (rows, longest, width), and bool of shape (rows, longest): where there is a token.
        """
        rows = _Rows.of(tokens, self.device)
        hidden = self._embed(torch.tensor([*chain.from_iterable(tokens)], device=self.device), rows)
        for layer in range(self.config.layers):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, rows)
        return rows.padded(hidden), rows.seen

    def linear(self, name: str, hidden: Tensor) -> Tensor:
        """The layer called ``name`` applied to ``hidden``."""
        return functional.linear(hidden, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _embed(self, ids: Tensor, rows: "_Rows") -> Tensor:
        summed = self.weights["embeddings.word_embeddings.weight"][ids]
        summed = summed + self.weights["embeddings.position_embeddings.weight"][rows.places % rows.longest]
        return self._normed("embeddings", summed + self.weights["embeddings.token_type_embeddings.weight"][0])

    def _layer(self, name: str, hidden: Tensor, rows: "_Rows") -> Tensor:
        mixed = self._attention(f"{name}.attention.self", hidden, rows)
        attended = self.linear(f"{name}.attention.output.dense", mixed)
        hidden = self._normed(f"{name}.attention.output", attended + hidden)
        grown = functional.gelu(self.linear(f"{name}.intermediate.dense", hidden))
        return self._normed(f"{name}.output", self.linear(f"{name}.output.dense", grown) + hidden)

    def _attention(self, name: str, hidden: Tensor, rows: "_Rows") -> Tensor:
        heads = self.config.heads
        query, key, value = (
            rows.padded(self.linear(f"{name}.{part}", hidden)).unflatten(-1, (heads, -1)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mask = None if rows.is_full else rows.seen[:, None, None, :]
        return rows.packed(functional.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2))

    def _normed(self, name: str, hidden: Tensor) -> Tensor:
        weight, bias = self.weights[f"{name}.LayerNorm.weight"], self.weights[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(hidden, (self.config.width,), weight, bias, self.config.layer_norm_epsilon)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where the tokens of several rows stand: attention alone wants them padded, all else goes over tokens only.

    ``places`` are theirs in the padded rows, one after the other, and ``seen`` is true at those.
    """

    longest: int
    places: Tensor
    seen: Tensor
    is_full: bool

    @classmethod
    def of(cls, tokens: Sequence[Tokens], device: str) -> Self:
        longest = max(map(len, tokens))
        seen = torch.arange(longest) < torch.tensor([[len(row)] for row in tokens])
        return cls(longest, seen.flatten().nonzero()[:, 0].to(device), seen.to(device), bool(seen.all()))

    def padded(self, hidden: Tensor) -> Tensor:
        """From (tokens, width) to (rows, longest, width), zero where there is no token."""
        if self.is_full:
            return hidden.view(*self.seen.shape, -1)
        padded = hidden.new_zeros(self.seen.numel(), hidden.shape[-1])
        return padded.index_copy_(0, self.places, hidden).view(*self.seen.shape, -1)

    def packed(self, padded: Tensor) -> Tensor:
        """From (rows, longest, ...) to (tokens, width)."""
        flat = padded.reshape(self.seen.numel(), -1)
        return flat if self.is_full else flat.index_select(0, self.places)


def _bucket(tokens: Tokens) -> int:
    """The power of two that holds as many."""
    return max(SHORTEST_BUCKET, 1 << (len(tokens) - 1).bit_length())


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
