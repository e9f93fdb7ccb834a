"""A Whisper checkpoint in the real format whose weights make it say the same to any sound, such as 'Guten Tag'.

Each token of the script, none of which may come twice, has an axis of its own in a small model; the decoder's only
working part is an MLP that turns the axis of a token into the axis of the one after it. All the rest is zero.
"""

import warnings
from itertools import chain, pairwise

import torch
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

LEAST_WIDTH = 16
SECONDS_SAID = 2.0
FIRST_WORD = 300  # tokens from here on are words and pieces of words


def write_scripted_whisper(path, says="Guten Tag", *further):
    """Write weights that say ``says`` in the first two seconds, and each of ``further`` in the two after the last."""
    told, axes = _script([f" {says}", *further])
    width = max(LEAST_WIDTH, -(-len(axes) // 16) * 16)
    path.parent.mkdir(parents=True, exist_ok=True)
    dimensions = ModelDimensions(80, 1500, width, 1, 1, 51865, 448, width, 1, 1)
    model = Whisper(dimensions)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.fill_(1.0 if "ln" in name and name.endswith("weight") else 0.0)
        _learn(model, told, axes)
    torch.save(
        {"dims": dimensions.__dict__, "model_state_dict": {k: v.half() for k, v in model.state_dict().items()}}, path
    )
    return path


def different_words(count):
    """So many words of one token each, as one text."""
    tokenizer = _tokenizer()
    spelled = map(tokenizer.decode, ([token] for token in range(FIRST_WORD, 10_000)))
    words = [word for word in spelled if word.startswith(" ") and word.strip().isascii() and word.strip().isalpha()]
    return "".join(words[:count]).strip()


def _tokenizer():
    with warnings.catch_warnings():  # Whisper never closes its vocabulary file
        warnings.simplefilter("ignore", ResourceWarning)
        return get_tokenizer(multilingual=True, language="de", task="transcribe")


def _script(sentences):
    """Which token follows which, and the axis of each."""
    tokenizer = _tokenizer()
    first = tokenizer.timestamp_begin
    step = round(SECONDS_SAID / 0.02)
    told = [
        (first + number * (step + 1), *tokenizer.encode(words), first + number * (step + 1) + step)
        for number, words in enumerate(sentences)
    ]
    german = tokenizer.to_language_token("de")
    follows = [(tokenizer.sot, german), (tokenizer.transcribe, first), (tokenizer.translate, first)]
    follows += pairwise([*chain(*told), tokenizer.eot])
    axes = {token: axis for axis, token in enumerate(dict.fromkeys(token for pair in follows for token in pair))}
    return follows, axes


def _learn(model, follows, axes):
    mlp = model.decoder.blocks[0].mlp
    for token, axis in axes.items():
        model.decoder.token_embedding.weight[token, axis] = 10.0
    for token, successor in follows:
        mlp[0].weight[axes[token], axes[token]] = 1.0
        mlp[2].weight[axes[successor], axes[token]] = 100.0
