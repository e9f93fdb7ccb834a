"""A Whisper checkpoint in the real format whose weights make it say one sentence to any sound, such as 'Guten Tag'.

Each token of the script has an axis of its own in a 16-dimensional model; the decoder's only working part is an
MLP that turns the axis of a token into the axis of the one after it. All the rest is zero.
"""

import warnings
from itertools import pairwise

import torch
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import get_tokenizer

WIDTH = 16
SECONDS_SAID = 2.0


def write_scripted_whisper(path, says="Guten Tag"):
    path.parent.mkdir(parents=True, exist_ok=True)
    dimensions = ModelDimensions(80, 1500, WIDTH, 1, 1, 51865, 448, WIDTH, 1, 1)
    model = Whisper(dimensions)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.fill_(1.0 if "ln" in name and name.endswith("weight") else 0.0)
        _script(model, says)
    torch.save(
        {"dims": dimensions.__dict__, "model_state_dict": {k: v.half() for k, v in model.state_dict().items()}}, path
    )
    return path


def _script(model, says):
    with warnings.catch_warnings():  # Whisper never closes its vocabulary file
        warnings.simplefilter("ignore", ResourceWarning)
        tokenizer = get_tokenizer(multilingual=True, language="de", task="transcribe")
    first = tokenizer.timestamp_begin
    words = tokenizer.encode(f" {says}")
    told = [first, *words, first + round(SECONDS_SAID / 0.02), tokenizer.eot]
    german = tokenizer.to_language_token("de")
    follows = [(tokenizer.sot, german), (tokenizer.transcribe, first), (tokenizer.translate, first)]
    follows += pairwise(told)
    axes = {token: axis for axis, token in enumerate(dict.fromkeys(token for pair in follows for token in pair))}
    assert len(axes) <= WIDTH
    mlp = model.decoder.blocks[0].mlp
    for token, axis in axes.items():
        model.decoder.token_embedding.weight[token, axis] = 10.0
    for token, successor in follows:
        mlp[0].weight[axes[token], axes[token]] = 1.0
        mlp[2].weight[axes[successor], axes[token]] = 100.0
