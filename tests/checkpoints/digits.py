"""The digits checkpoint: a small Whisper that truly hears spoken digits, put out in the published format.

Of Whisper's 51,865 tokens it knows some hundred; the rows of the others are zero and are not stored.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from whisper.model import ModelDimensions, sinusoids

FILE = Path(__file__).with_name("digits.safetensors")
FULL_VOCABULARY = 51_865
TIMES = 1501
WIDTH = 128
DIMENSIONS = ModelDimensions(
    n_mels=80,
    n_audio_ctx=1500,
    n_audio_state=WIDTH,
    n_audio_head=4,
    n_audio_layer=2,
    n_vocab=FULL_VOCABULARY,
    n_text_ctx=448,
    n_text_state=WIDTH,
    n_text_head=4,
    n_text_layer=2,
)
"""All but the vocabulary is small."""


def _held() -> tuple[int, ...]:
    from checkpoints.spoken_digits import WORDS
    from whisper.tokenizer import get_tokenizer

    with warnings.catch_warnings():  # Whisper never closes its vocabulary file
        warnings.simplefilter("ignore", ResourceWarning)
        tokenizer = get_tokenizer(multilingual=True)
    words = {token for row in WORDS.values() for word in row for token in tokenizer.encode(" " + word)}
    special = [tokenizer.eot, tokenizer.sot, tokenizer.translate, tokenizer.transcribe, tokenizer.sot_prev]
    special += [tokenizer.no_speech, tokenizer.no_timestamps]
    return (*sorted(words), *special, *(tokenizer.to_language_token(language) for language in WORDS))


HELD = _held()
"""The tokens that it knows, besides the times."""


def save(learnt: Mapping[str, torch.Tensor], target: Path = FILE) -> None:
    """Write what was learnt, as float16."""
    save_file({name: value.detach().half().contiguous() for name, value in learnt.items()}, target)


def load(source: Path = FILE) -> dict[str, torch.Tensor]:
    """What was learnt, as float32."""
    return {name: value.float() for name, value in load_file(source).items()}


def published(source: Path = FILE) -> dict[str, Any]:
    """The checkpoint as openai-whisper publishes its own: ``dims`` and ``model_state_dict``."""
    learnt = load(source)
    words, weight, bias = (learnt.pop(name) for name in ("words", "times.weight", "times.bias"))
    table = torch.zeros(FULL_VOCABULARY, WIDTH)
    table[list(HELD)] = words
    table[-TIMES:] = sinusoids(TIMES, WIDTH) @ weight.T + bias
    state = {name.removeprefix("whisper."): value for name, value in learnt.items()}
    state["decoder.token_embedding.weight"] = table
    state["encoder.positional_embedding"] = sinusoids(DIMENSIONS.n_audio_ctx, WIDTH)
    return {"dims": dict(vars(DIMENSIONS)), "model_state_dict": {name: value.half() for name, value in state.items()}}


def publish(target: Path, source: Path = FILE) -> Path:
    """Write the checkpoint to ``target`` in the published format, 15 MB."""
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(published(source), target)
    return target
