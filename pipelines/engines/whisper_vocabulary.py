"""Whisper's vocabulary in the form that Hugging Face's tokenizers read, made from openai-whisper's own."""

import base64
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from pipelines.engines.whisper_decoding import TIME_STEP_S

TIMES = 1501  # one token for every step of a window of 30 s, both ends included
TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")


def whisper_tokenizer(languages: Sequence[str]) -> Tokenizer:
    """The tokenizer of weights that know ``languages``, in the order of their tokens; none: English alone.

    Raises FileNotFoundError when openai-whisper is not installed.
    """
    ranks = _ranks("multilingual" if languages else "gpt2")
    names = {token: _printable(token) for token in ranks}
    merges = [(names[left], names[right]) for left, right in map(_halves(ranks), ranks) if right]
    tokenizer = Tokenizer(models.BPE({names[token]: rank for token, rank in ranks.items()}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _special(languages)])
    return tokenizer


def _special(languages: Sequence[str]) -> list[str]:
    """The tokens that are no text, in their order. Weights that know English alone have all the languages' too."""
    from whisper.tokenizer import LANGUAGES

    words = ["endoftext", "startoftranscript", *(languages or list(LANGUAGES)[:99]), *TASKS]
    return [f"<|{word}|>" for word in (*words, *(f"{TIME_STEP_S * step:.2f}" for step in range(TIMES)))]


def _ranks(name: str) -> dict[bytes, int]:
    """Each token of text and its number, which is also the order in which byte pairs are merged."""
    package = importlib.util.find_spec("whisper")  # finds, does not import
    if package is None or package.origin is None:
        raise FileNotFoundError("the package openai-whisper is not installed")
    lines = (Path(package.origin).parent / "assets" / f"{name}.tiktoken").read_text(encoding="ascii").splitlines()
    pairs = (line.split() for line in lines if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


class _halves:  # noqa: N801  a function with a table
    """The two shorter tokens that a token is merged from; a single byte is merged from itself and nothing."""

    def __init__(self, ranks: Mapping[bytes, int]) -> None:
        self._ranks = ranks
        self._unranked = len(ranks)

    def __call__(self, token: bytes) -> tuple[bytes, bytes]:
        parts = [token[at : at + 1] for at in range(len(token))]
        while len(parts) > 2:
            ranks = [self._ranks.get(parts[at] + parts[at + 1], self._unranked) for at in range(len(parts) - 1)]
            at = ranks.index(min(ranks))
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return (parts[0], parts[1]) if len(parts) == 2 else (token, b"")


def _printable(token: bytes) -> str:
    """The bytes as GPT-2 writes them: printable ones as themselves, others from U+0100 on in their order."""
    return "".join(map(_BYTE_NAMES.__getitem__, token))


def _byte_names() -> list[str]:
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(0x100)]


_BYTE_NAMES = _byte_names()
