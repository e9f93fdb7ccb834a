"""How often fresh drawings are found by phrases, by the small CLIP-type model that tests ask for right answers.

The drawings and phrases are those of ``drawn_scenes.py``: told is the share of fresh phrases whose best drawing of 500
shows all that the phrase says, and what chance would give. ``--train`` first makes the weights anew, and writes them
to ``joint/`` beside this file as open_clip's hub pages lay a model out. That takes six minutes of one core; the same
seed gives the same weights on the same machine. A phrase fits each drawing that it is true of: such a batch's targets
are shared between them (UniCL: Yang et al. 2022, https://arxiv.org/abs/2204.03610).

    PYTHONPATH=tests .venv/bin/python -m checkpoints.train_joint [--train]
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from checkpoints.drawn_scenes import SIZE_PX, Scene, drawn_scene, every_word, partly_told
from safetensors.torch import load_file, save_file

from pipelines.engines.torchvision_import import ensure_torchvision

ensure_torchvision()
import open_clip  # noqa: E402 - torchvision first

FOLDER = Path(__file__).with_name("joint")
SEED, FRESH_SEED = 20261127, 7
DRAWINGS, FRESH, ASKED = 20_000, 500, 400
STEPS, BATCH = 1_500, 96
PEAK_RATE = 2e-3
LOSS_EVERY = 100
CONTEXT = 20  # tokens of a phrase
MOST_SCALE = 100.0  # as CLIP's own
STATED: dict[str, Any] = {  # Any: JSON
    "model_cfg": {
        "embed_dim": 32,
        "vision_cfg": {"image_size": SIZE_PX, "layers": 3, "width": 48, "head_width": 16, "patch_size": 4},
        # The vocabulary is that of every CLIP, most of it never met: narrow, so that the file stays small.
        "text_cfg": {"context_length": CONTEXT, "vocab_size": 49408, "width": 12, "heads": 3, "layers": 2},
    },
    "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic"},
}


def main() -> None:
    """Train, if that is asked for, and tell the share of fresh phrases that find what they say."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model = open_clip.CLIP(**STATED["model_cfg"])
    if "--train" in sys.argv[1:]:
        _train(model, Random(SEED))
        FOLDER.mkdir(exist_ok=True)
        halved = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
        save_file(halved, FOLDER / "open_clip_model.safetensors", metadata={"format": "pt"})
        (FOLDER / "open_clip_config.json").write_text(json.dumps(STATED, indent=1) + "\n", encoding="utf-8")
    model.load_state_dict(load_file(FOLDER / "open_clip_model.safetensors"))
    found, by_chance = _shares_found(model.eval(), Random(FRESH_SEED))
    sys.stdout.write(
        f"{found:.1%} of {ASKED} fresh phrases find a drawing of {FRESH} that they are true of; "
        f"by chance it would be {by_chance:.1%}.\n"
    )


def _train(model: Any, random: Random) -> None:
    pixels, scenes = _drawings(random, DRAWINGS)
    _forget_unused_words(model)
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=STEPS, pct_start=0.15)
    model.train()
    for step in range(STEPS):
        chosen = random.sample(range(DRAWINGS), BATCH)
        seen = [scenes[number] for number in chosen]
        loss = _loss(model, _normalised(pixels[chosen]), seen, random)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % LOSS_EVERY == 0:
            sys.stdout.write(f"step {step} of {STEPS}: loss {loss.item():.3f}\n")
            sys.stdout.flush()


def _forget_unused_words(model: Any) -> None:
    """Have the words that no phrase has mean nothing, so that the file packs well and a strange word says little."""
    met = set(open_clip.tokenize(every_word(), CONTEXT).flatten().tolist())
    with torch.no_grad():
        strange = torch.tensor([token not in met for token in range(model.token_embedding.num_embeddings)])
        model.token_embedding.weight[strange] = 0


def _loss(model: Any, pixels: torch.Tensor, seen: Sequence[Scene], random: Random) -> torch.Tensor:
    told = [partly_told(random, scene) for scene in seen]
    phrases = open_clip.tokenize([scene.phrase(random) for scene in told], CONTEXT)
    pictures, texts = model.encode_image(pixels, normalize=True), model.encode_text(phrases, normalize=True)
    fits = torch.tensor([[phrase.is_true_of(scene) for scene in seen] for phrase in told], dtype=torch.float32)
    scores = model.logit_scale.exp().clamp(max=MOST_SCALE) * texts @ pictures.T
    return (_shared_loss(scores, fits) + _shared_loss(scores.T, fits.T)) / 2


def _shared_loss(scores: torch.Tensor, fits: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(scores, fits / fits.sum(1, keepdim=True))


def _drawings(random: Random, count: int) -> tuple[torch.Tensor, list[Scene]]:
    """Pixels in 0..255 as (count, 3, 32, 32), and what is to be seen."""
    made = [drawn_scene(random) for _ in range(count)]
    pixels = torch.from_numpy(np.stack([np.asarray(picture) for picture, _ in made])).permute(0, 3, 1, 2)
    return pixels, [scene for _, scene in made]


def _normalised(pixels: torch.Tensor) -> torch.Tensor:
    """From 0..255 to -1..1, as ``STATED`` says."""
    return pixels.float() / 127.5 - 1


@torch.inference_mode()
def _shares_found(model: Any, random: Random) -> tuple[float, float]:
    pixels, scenes = _drawings(random, FRESH)
    pictures = torch.cat([model.encode_image(_normalised(batch), normalize=True) for batch in pixels.split(BATCH)])
    told = [partly_told(random, random.choice(scenes)) for _ in range(ASKED)]
    texts = model.encode_text(open_clip.tokenize([scene.phrase(random) for scene in told], CONTEXT), normalize=True)
    best = (texts @ pictures.T).argmax(1).tolist()
    right = [phrase.is_true_of(scenes[place]) for phrase, place in zip(told, best, strict=True)]
    by_chance = [phrase.is_true_of(scene) for phrase in told for scene in scenes]
    return sum(right) / len(right), sum(by_chance) / len(by_chance)


if __name__ == "__main__":
    main()
