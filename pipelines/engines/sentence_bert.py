"""Texts as vectors by any BERT in sentence-transformers' layout: its vectors without its import.

Sentence-BERT: Reimers and Gurevych 2019 (https://arxiv.org/abs/1908.10084); a test holds both ways to the same vectors.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray

from pipelines.engines.bert import Bert, Tensor
from pipelines.engines.bert_tokenizer import encodable, read_tokenizer
from pipelines.engines.sentence_bert_files import read_sentence_config

BATCH = 16


class SentenceBert:
    """Weights and tokenizer, loaded once. Thread-safe: nothing is written after construction."""

    def __init__(self, folder: Path, name: str, version: str = "") -> None:
        self.name, self.version = name, version
        self._bert = Bert(folder)
        self._config = read_sentence_config(folder)
        self.dimensions = self._bert.config.width
        self.max_tokens = self._config.max_tokens  # what is longer was not seen in training and is cut
        self.size_bytes = self._bert.size_bytes
        self._counter = read_tokenizer(folder)
        self._tokenizer = read_tokenizer(folder)
        self._tokenizer.enable_truncation(self.max_tokens)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, the two that frame it included, uncut."""
        return [len(encoding.ids) for encoding in self._counter.encode_batch_fast(self._read(texts))]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, one row a text: float32 of shape (len(texts), dimensions)."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(self._read(texts))]
        by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))  # little padding in each batch
        vectors = np.empty((len(tokens), self.dimensions), np.float32)
        for start, end in pairwise([*range(0, len(tokens), BATCH), len(tokens)]):
            rows = by_length[start:end]
            with torch.inference_mode():
                vectors[rows] = self._pooled([tokens[row] for row in rows]).numpy()
        return vectors

    def _read(self, texts: Sequence[str]) -> list[str]:
        return [encodable(text.lower() if self._config.lower else text) for text in texts]

    def _pooled(self, tokens: Sequence[Sequence[int]]) -> Tensor:
        hidden, seen = self._bert.hidden(tokens)
        if self._config.pooling == "cls":
            return functional.normalize(hidden[:, 0], dim=1)
        weight = seen.unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)
