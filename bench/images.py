"""Pictures: how many a second a ViT-B/16 labels, one by one, 8 and 32 at a time, beside timm in a plain loop.

Compared are timm's own network, called picture by picture, and Triptych's classifier, asked by one thread, by 8 and by
32, each for one picture at a time: it is the classifier that gathers what they ask into passes. The weights are random,
in the published shape; pictures are made, and both sides prepare them as timm says. All is done in one process, the
ways in turn in each round; medians are told.

    python -m bench.images [--pictures 64] [--rounds 3] [--model vit_base_patch16_224]
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.rates import Way, by_threads, device_name, rates_table
from bench.table import Table, print_tables

if TYPE_CHECKING:
    from PIL.Image import Image

TIMM = "timm in a loop"
AT_A_TIME = (1, 8, 32)
LABELS = 5


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Write the weights, load them on both sides, and measure."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as home:
        models_dir = Path(home) / "models"
        plain = written_weights(options.model, models_dir)
        label = _labelling(options.model, models_dir)
        pictures = [made_picture(number) for number in range(options.pictures)]
        ways = [Way(TIMM, TIMM, by_threads(1, pictures, _plainly(plain)))]
        ways += [Way(f"Triptych, {n} at a time", TIMM, by_threads(n, pictures, label)) for n in AT_A_TIME]
        title = f"{options.model} on {device_name()}, {len(pictures)} pictures, median of {options.rounds} rounds"
        yield rates_table(title, "pictures", len(pictures), ways, options.rounds)


def written_weights(name: str, models_dir: Path) -> Any:  # Any: timm is not typed here
    """A network whose weights were put into the models' folder, on the device that Triptych will choose."""
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch
    from safetensors.torch import save_file

    from pipelines.engines.torch_device import best_device

    torch.manual_seed(0)
    model = timm.create_model(name).eval().requires_grad_(False)
    path = models_dir / "timm" / f"{name}.safetensors"
    path.parent.mkdir(parents=True)
    save_file(model.state_dict(), path)
    return model.to(best_device())


def _plainly(model: Any) -> Callable[["Image"], object]:
    import torch
    from timm.data import create_transform, resolve_model_data_config

    prepare = create_transform(**resolve_model_data_config(model), is_training=False)
    device = next(model.parameters()).device

    def label(picture: "Image") -> object:
        with torch.inference_mode():
            return model(prepare(picture).unsqueeze(0).to(device)).softmax(dim=-1)[0].topk(LABELS).values.tolist()

    return label


def _labelling(name: str, models_dir: Path) -> Callable[["Image"], object]:
    from pipelines.engines.timm_classifier import TimmLabeller
    from pipelines.standalone import standalone_context

    labeller = TimmLabeller(name, standalone_context(models_dir.parent, models_dir))
    return lambda picture: labeller.label(picture, LABELS)


def made_picture(number: int) -> "Image":
    """A picture of 320 by 240 pixels, another for each number."""
    from PIL import Image

    return Image.effect_mandelbrot((320, 240), (-2, -1, 1, 1 + number / 100), 60).convert("RGB")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="vit_base_patch16_224", help="any of timm's")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
