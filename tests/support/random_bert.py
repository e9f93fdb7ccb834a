"""A small BERT with random weights in the layout of sentence-transformers, for tests of what reads such folders."""

import json
from pathlib import Path

SPECIAL, WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK]", "bees live honey in colonies a ships sail by night"
VOCABULARY = f"{SPECIAL} {WORDS}".split()
WIDTH, LAYERS, MAX_TOKENS = 32, 2, 24


def save_random_bert(folder: Path, pooling: str) -> Path:
    """Write it into ``folder``, the same each time, and return that."""
    from safetensors.torch import save_file
    from tokenizers.implementations import BertWordPieceTokenizer

    (folder / "1_Pooling").mkdir(parents=True)
    vocabulary = {word: number for number, word in enumerate(VOCABULARY)}
    BertWordPieceTokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    save_file(_weights(), folder / "model.safetensors", metadata={"format": "pt"})
    modules = {"0": ("", "Transformer"), "1": ("1_Pooling", "Pooling")}
    for name, content in {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": WIDTH,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": 4,
            "intermediate_size": 2 * WIDTH,
            "layer_norm_eps": 1e-6,
            "max_position_embeddings": 40,
            "vocab_size": len(VOCABULARY),
        },
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizerFast", "model_max_length": MAX_TOKENS},
        "1_Pooling/config.json": {"word_embedding_dimension": WIDTH, f"pooling_mode_{_MODES[pooling]}": True}
        | ({} if pooling == "mean" else {"pooling_mode_mean_tokens": False}),
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "modules.json": [
            {"idx": int(name), "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for name, (path, kind) in modules.items()
        ],
    }.items():
        (folder / name).write_text(json.dumps(content))
    return folder


_MODES = {"mean": "mean_tokens", "cls": "cls_token"}


def _weights() -> dict:
    import torch

    torch.manual_seed(1)
    sizes = {"embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH)}
    sizes |= {
        "embeddings.position_embeddings.weight": (40, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    dense = [
        (f"encoder.layer.{layer}.{name}", shape)
        for layer in range(LAYERS)
        for name, shape in {
            **{f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")},
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (2 * WIDTH, WIDTH),
            "output.dense": (WIDTH, 2 * WIDTH),
        }.items()
    ]
    for name, shape in dense:
        sizes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    normed = ["embeddings", *(f"encoder.layer.{n}.{part}output" for n in range(LAYERS) for part in ("attention.", ""))]
    for name in normed:
        sizes |= {f"{name}.LayerNorm.weight": (WIDTH,), f"{name}.LayerNorm.bias": (WIDTH,)}
    return {name: torch.randn(shape) for name, shape in sizes.items()}
