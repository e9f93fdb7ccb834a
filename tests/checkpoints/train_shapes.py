"""How many fresh drawings are named rightly by the small ViT that tests ask for right answers, and its training.

The drawings are of five shapes, bright on a darker ground, with noise, anywhere and of any size: one in five is right
by chance. ``--train`` first makes the weights anew, and writes them to ``shapes/`` beside this file as timm's hub lays
a model out. That takes three minutes of one core; the same seed gives the same weights on the same machine.

    .venv/bin/python -m tests.checkpoints.train_shapes [--train]
"""

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from pipelines.engines.torchvision_import import ensure_torchvision
from tests.checkpoints.drawn_shapes import SHAPES, drawn

ensure_torchvision()
import timm  # noqa: E402 - torchvision first

FOLDER = Path(__file__).with_name("shapes")
SEED, FRESH_SEED = 20261127, 7
DRAWINGS, FRESH = 25_000, 2_000
STEPS, BATCH = 1_200, 64
PEAK_RATE = 1.5e-3
SIZE_PX, FEATURES = 32, 64
ARGUMENTS = {"img_size": SIZE_PX, "patch_size": 4, "embed_dim": FEATURES, "depth": 3, "num_heads": 4}
STATED: dict[str, Any] = {  # Any: JSON
    "architecture": "vit_tiny_patch16_224",
    "num_classes": len(SHAPES),
    "num_features": FEATURES,
    "global_pool": "token",
    "label_names": list(SHAPES),
    "model_args": ARGUMENTS,
    "pretrained_cfg": {
        "input_size": [3, SIZE_PX, SIZE_PX],
        "fixed_input_size": True,
        "interpolation": "bicubic",
        "crop_pct": 1.0,
        "crop_mode": "center",
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "num_classes": len(SHAPES),
        "first_conv": "patch_embed.proj",
        "classifier": "head",
    },
}


def main() -> None:
    """Train, if that is asked for, and tell the share of fresh drawings that are named rightly."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    model = timm.create_model(STATED["architecture"], num_classes=len(SHAPES), **ARGUMENTS)
    if "--train" in sys.argv[1:]:
        _train(model, *_drawings(SEED, DRAWINGS))
        FOLDER.mkdir(exist_ok=True)
        halved = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
        save_file(halved, FOLDER / "model.safetensors", metadata={"format": "pt"})
        (FOLDER / "config.json").write_text(json.dumps(STATED, indent=1) + "\n", encoding="utf-8")
    model.load_state_dict(load_file(FOLDER / "model.safetensors"))
    share = _share_right(model.eval(), *_drawings(FRESH_SEED, FRESH))
    sys.stdout.write(f"{share:.1%} of {FRESH:,} fresh drawings are named rightly.\n")


def _drawings(seed: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels in 0..255 as (count, 3, 32, 32), and the numbers of the shapes."""
    random = Random(seed)
    made = [drawn(random, size_px=SIZE_PX) for _ in range(count)]
    pixels = torch.from_numpy(np.stack([np.asarray(one.picture) for one in made])).permute(0, 3, 1, 2)
    return pixels, torch.tensor([SHAPES.index(one.shape) for one in made])


def _train(model: Any, pixels: torch.Tensor, right: torch.Tensor) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=STEPS, pct_start=0.15)
    model.train()
    for step in range(STEPS):
        chosen = torch.randint(len(pixels), (BATCH,))
        seen = _normalised(pixels[chosen])
        mirrored = seen.flip(3) if step % 2 else seen  # in a mirror each is still what it is
        loss = torch.nn.functional.cross_entropy(model(mirrored), right[chosen])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            sys.stdout.write(f"step {step} of {STEPS}: loss {loss.item():.3f}\n")


def _normalised(pixels: torch.Tensor) -> torch.Tensor:
    """From 0..255 to -1..1, as ``STATED`` says."""
    return pixels.float() / 127.5 - 1


@torch.inference_mode()
def _share_right(model: Any, pixels: torch.Tensor, right: torch.Tensor) -> float:
    found = torch.cat([model(_normalised(batch)).argmax(1) for batch in pixels.split(BATCH)])
    return float((found == right).float().mean())


if __name__ == "__main__":
    main()
