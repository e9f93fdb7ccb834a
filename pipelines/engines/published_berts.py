"""The BERTs on the Hugging Face hub that the house knows: what they are called there, and what they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import Context
from pipelines.engines.bert_config import (
    CONFIG,
    LENGTH,
    MODULES,
    POOLING,
    PROMPTS,
    TOKENIZER,
    TOKENIZER_CONFIG,
    VOCABULARY,
    WEIGHTS,
)
from pipelines.engines.hub import Brought, bring

BYTES_A_PARAMETER = 4  # float32, whatever the file holds
POSITIONS, KINDS = 512, 2  # of tokens, and of the two texts that a BERT was taught to compare
SPELLING = (TOKENIZER, VOCABULARY, TOKENIZER_CONFIG)
OLD_SPELLING = {VOCABULARY: TOKENIZER, TOKENIZER_CONFIG: TOKENIZER}  # which older models have in place of it


@dataclass(frozen=True, slots=True)
class PublishedBert:
    """A repository on the hub and the sizes that its ``config.json`` states; ``licence`` is an SPDX identifier."""

    name: str
    repository: str
    licence: str
    vocabulary: int
    width: int
    layers: int

    @property
    def memory_bytes(self) -> int:
        """The bytes of its parameters: an attention has four matrices of width x width, the two dense layers eight."""
        embeddings = (self.vocabulary + POSITIONS + KINDS + 2) * self.width
        layer = 12 * self.width**2 + 13 * self.width
        return BYTES_A_PARAMETER * (embeddings + self.layers * layer)


# Pooled by mean or cls, without a prompt before the text, which is what ``sentence_bert`` computes: multilingual-e5
# wants one, and mpnet and RoBERTa are other networks.
EMBEDDING = (
    PublishedBert("all-MiniLM-L12-v2", "sentence-transformers/all-MiniLM-L12-v2", "Apache-2.0", 30_522, 384, 12),
    PublishedBert(
        "paraphrase-multilingual-MiniLM-L12-v2",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "Apache-2.0",
        250_037,
        384,
        12,
    ),
    PublishedBert("bge-small-en-v1.5", "BAAI/bge-small-en-v1.5", "MIT", 30_522, 384, 12),
    PublishedBert("bge-base-en-v1.5", "BAAI/bge-base-en-v1.5", "MIT", 30_522, 768, 12),
)
RECOGNISING = (PublishedBert("bert-base-NER", "dslim/bert-base-NER", "MIT", 28_996, 768, 12),)


def bring_embedding(bert: PublishedBert, context: Context) -> Brought:
    """Have an embedding model's files in the models' folder. Raises as ``bring`` does."""
    told = (POOLING, LENGTH, MODULES, PROMPTS)
    return bring(
        bert.repository,
        (CONFIG, *told, *SPELLING, WEIGHTS),
        _folder("embed", bert, context),
        context,
        optional=(LENGTH, MODULES, PROMPTS, TOKENIZER, TOKENIZER_CONFIG),
        needless=OLD_SPELLING,
    )


def bring_recognising(bert: PublishedBert, context: Context) -> Brought:
    """Have a token classifier's files in the models' folder. Raises as ``bring`` does."""
    return bring(
        bert.repository,
        (CONFIG, *SPELLING, WEIGHTS),
        _folder("entities", bert, context),
        context,
        optional=(TOKENIZER, TOKENIZER_CONFIG),
        needless=OLD_SPELLING,
    )


def how_to_bring(name: str, known: Sequence[PublishedBert]) -> str:
    """What to put behind the mend of an absent model, where its files can be had: nothing where they cannot."""
    is_known = name.rpartition("/")[2] in {bert.name for bert in known}
    return f", or have it brought: triptych models pull {name}" if is_known else ""


def _folder(family: str, bert: PublishedBert, context: Context) -> Path:
    return context.models_dir / family / bert.name
