"""The smallest models that label pictures and compare them with words, laid out as a user would put them."""

import json
from pathlib import Path
from typing import Any

TINY_CLIP: dict[str, Any] = {  # Any: JSON
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 16},
        "text_cfg": {"context_length": 20, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "interpolation": "bilinear"},
}


def save_tiny_vit(models_dir: Path) -> Path:
    """Weights of timm's smallest transformer, ``test_vit``: random, but each time the same.

    Tests share loaded models by their names, as a worker's jobs do.
    """
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch
    from safetensors.torch import save_file

    path = models_dir / "timm" / "test_vit.safetensors"
    path.parent.mkdir(parents=True)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_file(timm.create_model("test_vit").state_dict(), path)
    return path


def save_tiny_clip(models_dir: Path) -> Path:
    """A folder ``tiny`` as the hub lays it out: random weights of a small model of two towers."""
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import torch
    from open_clip import CLIP
    from safetensors.torch import save_file

    folder = models_dir / "open-clip" / "tiny"
    folder.mkdir(parents=True)
    torch.manual_seed(3)
    save_file(CLIP(**TINY_CLIP["model_cfg"]).state_dict(), folder / "open_clip_model.safetensors")
    (folder / "open_clip_config.json").write_text(json.dumps(TINY_CLIP))
    return folder
