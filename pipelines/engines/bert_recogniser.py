"""Names in a text by a BERT token classifier, window by window: a book costs no more memory than a page."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import torch

from pipelines.contract import EngineUsed
from pipelines.engines.bert import Bert, Tensor, Tokens, batcher_of_tokens
from pipelines.engines.bert_tokenizer import encodable, read_tokenizer
from pipelines.engines.labelled_words import EntityJoiner, LabelledWord
from pipelines.engines.passes import NotePass, PassKind, uncounted
from pipelines.engines.recognising import Entity
from pipelines.errors import EngineUnavailable

CHARACTERS_A_TOKEN = 12  # more than any prose has: what is handed to the tokenizer fills a window
WINDOWS_AT_ONCE = 8  # how far a run has come is told between
OVERLAP = 8  # of a window, an eighth is read twice: half by the one before, half by the one after


@dataclass(frozen=True, slots=True)
class _Token:
    """A token's number and the characters of the text that it stands for; ``begins``: it is the first of its word."""

    id: int
    start: int
    end: int
    begins: bool


@dataclass(frozen=True, slots=True)
class _Window:
    """Its tokens, and the words that are taken from it: those that begin from ``first`` up to, not with, ``until``."""

    tokens: Sequence[_Token]
    first: int
    until: int


class BertRecogniser:
    """Weights and tokenizer, loaded once. Thread-safe: windows of all threads go through one batcher."""

    def __init__(self, folder: Path, note: NotePass = uncounted) -> None:
        self._bert = Bert(folder)
        self.size_bytes = self._bert.size_bytes
        self._labels = self._bert.config.labels
        self._tokenizer = read_tokenizer(folder)
        self._frame = self._tokenizer.encode("").ids
        self.used = EngineUsed("bert-ner", folder.name, version("torch"))
        head = self._bert.weights.get("classifier.weight")
        if head is None or head.shape[0] != len(self._labels) or "classifier.bias" not in self._bert.weights:
            raise EngineUnavailable(f"{folder.name} is no BERT token classifier of {len(self._labels)} labels")
        if len(self._frame) != 2:
            raise EngineUnavailable(f"the tokenizer of {folder.name} does not frame a text by [CLS] and [SEP]")
        self._most = self._bert.config.max_positions - len(self._frame)  # tokens that are read at once
        self._batcher = batcher_of_tokens(self.logits, self._bert.device, PassKind.BERT_NAMES, note)

    def recognise(
        self, text: str, check: Callable[[], None] = lambda: None
    ) -> Generator[tuple[int, list[Entity]], None, None]:
        """See ``Recogniser``. A word has the label of its first token, as such models are taught (CoNLL)."""
        joiner = EntityJoiner()
        windows = self._windows(text)
        while some := list(islice(windows, WINDOWS_AT_ONCE)):
            with self._batcher.taking_part():
                logits = self._batcher.do([self._framed(window) for window in some], check)
            for window, told in zip(some, logits, strict=True):
                words = self._words(window.tokens, told)
                yield window.until, joiner.joined([word for word in words if window.first <= word.start < window.until])
        yield len(text), joiner.rest()

    def logits(self, rows: Sequence[Tokens]) -> list[Tensor]:
        """What the classifier makes of rows of token numbers, frames included: of each float32 (tokens, labels)."""
        with torch.inference_mode():
            hidden, _ = self._bert.hidden(rows)
            logits = self._bert.linear("classifier", hidden).cpu()
        return [of_row[: len(row)] for of_row, row in zip(logits, rows, strict=True)]

    def _windows(self, text: str) -> Iterator[_Window]:
        start = first = 0  # of the window, and of the words that are taken from it
        while start < len(text):
            tokens, is_last = self._window(text, start)
            if not tokens:  # white space alone, as far as was looked
                start += self._most * CHARACTERS_A_TOKEN
                continue
            after, until = (len(text), len(text)) if is_last else _borders(tokens)
            yield _Window(tokens, first, until)
            start, first = after, until

    def _framed(self, window: _Window) -> Tokens:
        before, after = self._frame
        return [before, *(token.id for token in window.tokens), after]

    def _window(self, text: str, start: int) -> tuple[list[_Token], bool]:
        """As many tokens from ``start`` as the model reads at once, and whether the text ends with them."""
        piece = text[start : start + self._most * CHARACTERS_A_TOKEN]
        encoding = self._tokenizer.encode(encodable(piece), add_special_tokens=False)
        words = encoding.word_ids
        tokens = [
            _Token(number, start + begin, start + end, place == 0 or words[place] != words[place - 1])
            for place, (number, (begin, end)) in enumerate(zip(encoding.ids, encoding.offsets, strict=True))
        ][: self._most]
        return tokens, len(encoding.ids) <= self._most and start + len(piece) >= len(text)

    def _words(self, tokens: Sequence[_Token], logits: Tensor) -> list[LabelledWord]:
        likely = logits[1:-1].softmax(-1).max(-1)
        words: list[LabelledWord] = []
        for token, label, score in zip(tokens, likely.indices.tolist(), likely.values.tolist(), strict=True):
            if token.begins:
                words.append(LabelledWord(self._labels[label], token.start, token.end, score))
            elif words:
                words[-1] = words[-1].up_to(token.end)
        return words


def _borders(tokens: Sequence[_Token]) -> tuple[int, int]:
    """Where the next window begins, and the character up to which this one's words are taken: both begin words.

    A word that fills the window is taken whole, as far as it was read.
    """
    starts = [token.start for token in tokens if token.begins]
    overlap = len(tokens) // OVERLAP
    begin = max(start for start in starts if start <= tokens[-1 - overlap].start)
    until = max(start for start in starts if start <= tokens[-1 - overlap // 2].start)
    return (begin, until) if begin > tokens[0].start else (tokens[-1].end, tokens[-1].end)
