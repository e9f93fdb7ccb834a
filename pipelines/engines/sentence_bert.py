"""Texts as vectors by any BERT in sentence-transformers' layout: its vectors without its import.

Sentence-BERT: Reimers and Gurevych 2019 (https://arxiv.org/abs/1908.10084); a test holds both ways to the same vectors.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray

from pipelines.engines.bert import Bert, Tensor, Tokens, batcher_of_tokens
from pipelines.engines.bert_tokenizer import encodable, read_tokenizer
from pipelines.engines.passes import NotePass, PassKind, uncounted
from pipelines.engines.sentence_bert_files import read_sentence_config


class SentenceBert:
    """Weights and tokenizer, loaded once. Thread-safe: texts of all threads go through one batcher."""

    def __init__(self, folder: Path, name: str, version: str = "", note: NotePass = uncounted) -> None:
        self.name, self.version = name, version
        self._bert = Bert(folder)
        self._config = read_sentence_config(folder)
        self.dimensions = self._bert.config.width
        self.max_tokens = self._config.max_tokens  # what is longer was not seen in training and is cut
        self.size_bytes = self._bert.size_bytes
        self._counter = read_tokenizer(folder)
        self._tokenizer = read_tokenizer(folder)
        self._tokenizer.enable_truncation(self.max_tokens)
        self._batcher = batcher_of_tokens(self._vectors, self._bert.device, PassKind.BERT_TEXTS, note)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, the two that frame it included, uncut."""
        return [len(encoding.ids) for encoding in self._counter.encode_batch_fast(self._read(texts))]

    def encode(self, texts: Sequence[str], check: Callable[[], None] = lambda: None) -> NDArray[np.float32]:
        """See ``Embedder``."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        with self._batcher.taking_part():
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(self._read(texts))]
            by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))  # alike ones in each pass
            for row, vector in zip(by_length, self._batcher.do([tokens[row] for row in by_length], check), strict=True):
                vectors[row] = vector
        return vectors

    def _read(self, texts: Sequence[str]) -> list[str]:
        return [encodable(text.lower() if self._config.lower else text) for text in texts]

    def _vectors(self, tokens: Sequence[Tokens]) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return list(self._pooled(tokens).cpu().numpy())

    def _pooled(self, tokens: Sequence[Tokens]) -> Tensor:
        hidden, seen = self._bert.hidden(tokens)
        if self._config.pooling == "cls":
            return functional.normalize(hidden[:, 0], dim=1)
        weight = seen.unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=1)
