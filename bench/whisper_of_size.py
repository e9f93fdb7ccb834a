"""Whisper weights of a published size that nobody trained: random, but for which token follows which.

Each position of the decoder speaks for one token of a script, so loudly that the rest does not matter: every window
has the same number of tokens and ends, whoever decodes it, with the arithmetic of the real weights.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import LANGUAGES, get_tokenizer

from pipelines.engines.torchvision_import import ensure_torchvision

# As published with the weights (https://github.com/openai/whisper): width, heads, layers of sound and of text.
DIMENSIONS = {"tiny": (384, 6, 4, 4), "base": (512, 8, 6, 6), "large-v3-turbo": (1280, 20, 32, 4)}
PROMPT = 3  # start, language, task: what stands before the first token of a window
EMBEDDING_SPREAD, LOUDNESS = 0.05, 60.0  # a row's length is about 1; blocks add less than the second
TEXT = (
    "the ferry left at noon as it had every day since then nobody was on the quay but a boy who waved until it was "
    "out of sight and went home to tell what he had seen there were gulls over the harbour wall and nets hung out to "
    "dry while old men talked of weather prices ships that never came back letters from abroad new engines school "
    "bread salt rope tar paint lamps wind tide moon stars maps flags horns bells songs rain"
)


def write_checkpoint(path: Path, size: str, tokens: int) -> None:
    """Write a checkpoint of ``size`` in OpenAI's format that says ``tokens`` tokens of text to any window."""
    model = Whisper(_dimensions(size))
    torch.manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim > 1:
                weight.normal_(0, EMBEDDING_SPREAD if "token_embedding" in name else 0.02)
        table = model.decoder.token_embedding.weight
        for position, token in _script(model, tokens).items():
            model.decoder.positional_embedding[position] = LOUDNESS * table[token] / table[token].norm()
    state = {name: value.half() for name, value in model.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"dims": dict(vars(model.dims)), "model_state_dict": state}, path)


def _dimensions(size: str) -> ModelDimensions:
    width, heads, layers, text_layers = DIMENSIONS[size]
    mels, vocabulary = (128, 51_866) if size.startswith("large-v3") else (80, 51_865)
    return ModelDimensions(mels, 1500, width, heads, layers, vocabulary, 448, width, heads, text_layers)


def _script(model: Whisper, tokens: int) -> dict[int, int]:
    """Which token each position speaks for: the language first, then the text between two times, then the end."""
    tokenizer = get_tokenizer(multilingual=True, num_languages=model.num_languages, language="en", task="transcribe")
    words = tokenizer.encode(" " + TEXT)
    said = [tokenizer.timestamp_begin, *(words[at % len(words)] for at in range(tokens))]
    said += [tokenizer.timestamp_begin + 1450, tokenizer.eot]
    return {0: tokenizer.to_language_token("en"), **dict(enumerate(said, start=PROMPT - 1))}


def write_for_transformers(checkpoint: Path, vocabulary: Path, folder: Path) -> None:
    """Write the same weights as Hugging Face's transformers load them; ``vocabulary`` is their tokenizer.json."""
    ensure_torchvision()
    from transformers import (
        GenerationConfig,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperTokenizerFast,
    )

    held = torch.load(checkpoint, weights_only=True)
    dims = held["dims"]
    config = WhisperConfig(
        vocab_size=dims["n_vocab"],
        num_mel_bins=dims["n_mels"],
        d_model=dims["n_audio_state"],
        encoder_layers=dims["n_audio_layer"],
        encoder_attention_heads=dims["n_audio_head"],
        encoder_ffn_dim=4 * dims["n_audio_state"],
        decoder_layers=dims["n_text_layer"],
        decoder_attention_heads=dims["n_text_head"],
        decoder_ffn_dim=4 * dims["n_text_state"],
    )
    model = WhisperForConditionalGeneration(config)
    renamed = {_renamed(name): value.float() for name, value in held["model_state_dict"].items()}
    renamed["proj_out.weight"] = renamed["model.decoder.embed_tokens.weight"]
    model.load_state_dict(renamed)
    model.generation_config = GenerationConfig(**_generation(dims))
    model.save_pretrained(folder)
    ends = "<|endoftext|>"
    tokenizer = WhisperTokenizerFast(tokenizer_file=str(vocabulary), pad_token=ends, eos_token=ends, unk_token=ends)
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=dims["n_mels"]).save_pretrained(folder)


_NAMES = (
    (".mlp_ln", ".final_layer_norm"),
    (".mlp.0", ".fc1"),
    (".mlp.2", ".fc2"),
    (".cross_attn_ln", ".encoder_attn_layer_norm"),
    (".cross_attn.query", ".encoder_attn.q_proj"),
    (".cross_attn.key", ".encoder_attn.k_proj"),
    (".cross_attn.value", ".encoder_attn.v_proj"),
    (".cross_attn.out", ".encoder_attn.out_proj"),
    (".attn_ln", ".self_attn_layer_norm"),
    (".attn.query", ".self_attn.q_proj"),
    (".attn.key", ".self_attn.k_proj"),
    (".attn.value", ".self_attn.v_proj"),
    (".attn.out", ".self_attn.out_proj"),
    (".blocks", ".layers"),
    (".token_embedding", ".embed_tokens"),
    ("encoder.positional_embedding", "encoder.embed_positions.weight"),
    ("decoder.positional_embedding", "decoder.embed_positions.weight"),
    (".ln_post", ".layer_norm"),
    ("decoder.ln.", "decoder.layer_norm."),
)


def _renamed(name: str) -> str:
    for ours, theirs in _NAMES:
        name = name.replace(ours, theirs)
    return f"model.{name}"


def _generation(dims: Mapping[str, int]) -> dict[str, Any]:  # Any: JSON
    """What transformers want to know of the special tokens."""
    languages = dims["n_vocab"] - 51_765 - 1
    tokenizer = get_tokenizer(multilingual=True, num_languages=languages)
    return {
        "is_multilingual": True,
        "decoder_start_token_id": tokenizer.sot,
        "bos_token_id": tokenizer.eot,
        "eos_token_id": tokenizer.eot,
        "pad_token_id": tokenizer.eot,
        "no_timestamps_token_id": tokenizer.no_timestamps,
        "prev_sot_token_id": tokenizer.sot_prev,
        "lang_to_id": {f"<|{code}|>": tokenizer.to_language_token(code) for code in list(LANGUAGES)[:languages]},
        "task_to_id": {"transcribe": tokenizer.transcribe, "translate": tokenizer.translate},
        "max_initial_timestamp_index": 50,
        "max_length": 448,
        "suppress_tokens": [],
        "begin_suppress_tokens": [],
    }
