"""The published Whisper weights in CTranslate2's form, laid out as faster-whisper publishes its own."""

import base64
import gzip
import json
import pickle
import shutil
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import torch
import whisper
from ctranslate2.converters.utils import fuse_linear
from ctranslate2.specs.common_spec import LinearSpec
from ctranslate2.specs.whisper_spec import WhisperSpec
from faster_whisper.tokenizer import Tokenizer
from whisper.tokenizer import LANGUAGES

from pipelines.engines.ct2_weights import SOURCE
from pipelines.engines.whisper_vocabulary import whisper_tokenizer
from pipelines.errors import EngineUnavailable

# Tokens of the weights that know English alone. The first multilingual ones have one more, and 99 languages; those of
# large-v3 have Cantonese besides.
ENGLISH_VOCABULARY, FIRST_LANGUAGES = 51_864, 99
Weights = Mapping[str, Any]  # Any: torch is followed as untyped


def convert(checkpoint: Path, size: str, target: Path) -> None:
    """Write the weights in ``checkpoint``, of the published ``size``, into the folder ``target``, as float16.

    ``target`` appears whole or not at all. One process at a time may convert into it. Raises EngineUnavailable when the
    file holds no Whisper weights.
    """
    dims, weights = _loaded(checkpoint)
    languages = _languages(dims["n_vocab"])
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(target)
    aside = Path(mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        spec = _spec(dims, weights)
        tokenizer = whisper_tokenizer(languages)
        spec.register_vocabulary([tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())])
        _configure(spec.config, dims, size, Tokenizer(tokenizer, bool(languages), "transcribe", "en"), len(languages))
        spec.validate()
        spec.optimize(quantization="float16")
        spec.save(str(aside))
        tokenizer.save(str(aside / "tokenizer.json"))
        (aside / "preprocessor_config.json").write_text(json.dumps({"feature_size": dims["n_mels"]}))
        (aside / SOURCE).write_text(json.dumps(stamp(checkpoint)))
        _put_in_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _clear_away(target: Path) -> None:
    """What conversions left whose processes died; nobody else converts meanwhile."""
    for left in target.parent.glob(f".{target.name}.*/"):
        shutil.rmtree(left, ignore_errors=True)


def _languages(vocabulary: int) -> list[str]:
    """The languages of weights with so many tokens, in the order of theirs; none where they know English alone."""
    if vocabulary == ENGLISH_VOCABULARY:
        return []
    return list(LANGUAGES)[: FIRST_LANGUAGES + vocabulary - ENGLISH_VOCABULARY - 1]


def stamp(checkpoint: Path) -> list[int]:
    """What says that the published file is still the one that was converted: its size in bytes, its time in ns."""
    found = checkpoint.stat()
    return [found.st_size, found.st_mtime_ns]


def _put_in_place(aside: Path, target: Path) -> None:
    old = aside.with_name(f"{aside.name}.old")
    if target.exists():
        target.replace(old)
    aside.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def _loaded(checkpoint: Path) -> tuple[dict[str, int], Weights]:
    try:
        held = torch.load(checkpoint, map_location="cpu", weights_only=True)
        return dict(held["dims"]), {name: _array(value) for name, value in held["model_state_dict"].items()}
    except (RuntimeError, KeyError, TypeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        raise EngineUnavailable(f"{checkpoint.name} holds no Whisper weights that can be loaded") from error


def _array(value: Any) -> Any:
    return value.float().numpy()


def _spec(dims: Mapping[str, int], weights: Weights) -> WhisperSpec:
    spec = WhisperSpec(dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])
    encoder, decoder = spec.encoder, spec.decoder
    try:
        for name, conv in (("conv1", encoder.conv1), ("conv2", encoder.conv2)):
            _set(conv, weights, f"encoder.{name}")
        encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
        _set_norm(encoder.layer_norm, weights, "encoder.ln_post")
        decoder.embeddings.weight = decoder.projection.weight = weights["decoder.token_embedding.weight"]
        decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
        _set_norm(decoder.layer_norm, weights, "decoder.ln")
        for side, layers in (("encoder", encoder.layer), ("decoder", decoder.layer)):
            for number, layer in enumerate(layers):
                _set_layer(layer, weights, f"{side}.blocks.{number}", crossed=side == "decoder")
    except KeyError as missing:
        raise EngineUnavailable(f"the Whisper weights lack {missing}") from missing
    return spec


def _set_layer(layer: Any, weights: Weights, name: str, *, crossed: bool) -> None:  # Any: CTranslate2 ships no types
    _set_attention(layer.self_attention, weights, f"{name}.attn", fused=(("query", "key", "value"),))
    if crossed:
        _set_attention(layer.attention, weights, f"{name}.cross_attn", fused=(("query",), ("key", "value")))
    _set(layer.ffn.linear_0, weights, f"{name}.mlp.0")
    _set(layer.ffn.linear_1, weights, f"{name}.mlp.2")
    _set_norm(layer.ffn.layer_norm, weights, f"{name}.mlp_ln")


def _set_attention(spec: Any, weights: Weights, name: str, fused: tuple[tuple[str, ...], ...]) -> None:
    for linear, parts in zip(spec.linear, fused, strict=False):
        fuse_linear(linear, [_linear(weights, f"{name}.{part}") for part in parts])
    _set(spec.linear[-1], weights, f"{name}.out")
    _set_norm(spec.layer_norm, weights, f"{name}_ln")


def _linear(weights: Weights, name: str) -> LinearSpec:
    linear = LinearSpec()
    _set(linear, weights, name)
    return linear


def _set(spec: Any, weights: Weights, name: str) -> None:
    spec.weight = weights[f"{name}.weight"]
    if f"{name}.bias" in weights:  # keys have none
        spec.bias = weights[f"{name}.bias"]


def _set_norm(spec: Any, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _configure(config: Any, dims: Mapping[str, int], size: str, tokenizer: Tokenizer, languages: int) -> None:
    special = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm)
    config.suppress_ids = sorted({*tokenizer.non_speech_tokens, *special, tokenizer.no_speech})
    config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    config.lang_ids = [tokenizer.sot + 1 + number for number in range(languages)]
    config.alignment_heads = list(_alignment_heads(size, dims["n_text_layer"], dims["n_text_head"]))


def _alignment_heads(size: str, layers: int, heads: int) -> Iterator[list[int]]:
    """The heads that follow the sound, as openai-whisper lists them; else all of the decoder's upper half."""
    listed = whisper._ALIGNMENT_HEADS.get(size)  # nothing public tells them of a file
    table = np.frombuffer(gzip.decompress(base64.b85decode(listed)), bool) if listed else np.zeros(0, bool)
    if table.size == layers * heads:  # a file of another shape may lie under a published name
        yield from ([int(layer), int(head)] for layer, head in np.argwhere(table.reshape(layers, heads)))
    else:
        yield from ([layer, head] for layer, head in product(range(layers // 2, layers), range(heads)))
