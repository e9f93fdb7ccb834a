"""Where a timm classifier looked for the label it gives first, by its gradients: no second model guesses at it.

A convolutional network, or a Swin, ends in a map of features, over which Grad-CAM is taken: Selvaraju et al. 2017,
https://arxiv.org/abs/1610.02391. A ViT has its attention rolled out (Abnar and Zuidema 2020,
https://arxiv.org/abs/2005.00928), each head weighted by what it did for the label (Chefer et al. 2021,
https://arxiv.org/abs/2103.15679).
"""

import copy
from collections.abc import Sequence
from itertools import chain
from typing import Any

from pipelines.errors import EngineUnavailable

GRAD_CAM, ROLLOUT = "Grad-CAM", "gradient-weighted attention rollout"
MAX_ATTENTION_BYTES = 2 << 30  # a ViT-L of 336 pixels needs 1.5 GB
_KEPT = 3  # of each layer's attention: before and after its softmax, and the gradient


def heat(model: Any, pixels: Any) -> tuple[Any, int, str]:  # Any: torch and timm are not typed here
    """The heat (rows, columns), in 0..1 with 1 for the hottest, the number of the first class, and the method.

    ``pixels``: one picture as ``model`` wants it, (1, 3, height, width). Nothing of ``model`` is changed. Raises
    EngineUnavailable for a network of neither kind, one whose attention would take more than ``MAX_ATTENTION_BYTES``,
    and where nothing speaks for the class.
    """
    import torch

    with torch.enable_grad():
        if _is_vit(model):
            warm, number = _rolled_out(model, pixels)
            method = ROLLOUT
        else:
            warm, number = _grad_cam(model, pixels)
            method = GRAD_CAM
    hottest = float(warm.max())
    if not hottest > 0:
        raise EngineUnavailable("nothing in the network's last features speaks for the label")
    return warm / hottest, number, method


def _grad_cam(model: Any, pixels: Any) -> tuple[Any, int]:
    """What of the last features speaks for the first class: each channel by its mean gradient, what is against cut."""
    import torch

    with torch.no_grad():
        features = model.forward_features(pixels)
    if not isinstance(features, torch.Tensor) or features.ndim != 4:
        raise EngineUnavailable("the network has neither a map of features nor a ViT's attention")
    features.requires_grad_()
    best = model.forward_head(features)[0].max(dim=0)
    (gradient,) = torch.autograd.grad(best.values, features)
    channels_last = getattr(model, "output_fmt", "NCHW") == "NHWC"  # a Swin's
    channel, *places = (3, 1, 2) if channels_last else (1, 2, 3)
    spoken = (features * gradient.mean(dim=places, keepdim=True)).sum(dim=channel)[0].relu()
    return spoken.detach(), int(best.indices)


def _is_vit(model: Any) -> bool:
    """Whether all of it is blocks of attention over a grid of patches, as timm builds them."""
    layers = [getattr(block, "attn", None) for block in getattr(model, "blocks", ())]
    on_a_grid = hasattr(model, "num_prefix_tokens") and getattr(model.patch_embed, "grid_size", None) is not None
    return on_a_grid and bool(layers) and all(hasattr(layer, "fused_attn") for layer in layers)


def _rolled_out(model: Any, pixels: Any) -> tuple[Any, int]:
    """How much of each patch is in the tokens that the head reads, weighted by what these are to the first class."""
    import torch

    _refuse_too_much(model)
    watched, kept = _watched(model)
    features = watched.forward_features(pixels.clone().requires_grad_())
    tokens = features.shape[1]
    if len(kept) != len(model.blocks) or any(layer.shape[-2:] != (tokens, tokens) for layer in kept):
        raise EngineUnavailable("the network's attention is not from each patch to each")
    best = watched.forward_head(features)[0].max(dim=0)
    gradient, *gradients = torch.autograd.grad(best.values, [features, *kept])
    mixed = torch.zeros(tokens, tokens, device=pixels.device)  # without each token's own: ones would drown small shares
    for layer, of_layer in zip(kept, gradients, strict=True):
        passed_on = (layer.detach() * of_layer).relu().mean(dim=1)[0]
        mixed = mixed + passed_on + passed_on @ mixed
    read = gradient[0].norm(dim=-1)  # only the class token, or all patches, as the head pools
    return _on_the_grid(model, read @ mixed), int(best.indices)


def _watched(model: Any) -> tuple[Any, list[Any]]:
    """A copy that shares the weights and says each layer's attention in a list: others may be running the model."""
    shared = {id(tensor): tensor for tensor in chain(model.parameters(), model.buffers())}
    watched = copy.deepcopy(model, shared)
    kept: list[Any] = []
    for block in watched.blocks:
        block.attn.fused_attn = False  # the fused kernel does not tell the attention
        block.attn.attn_drop.register_forward_hook(lambda _, __, attention: kept.append(attention))
    return watched, kept


def _refuse_too_much(model: Any) -> None:
    tokens = model.patch_embed.num_patches + model.num_prefix_tokens
    needed = sum(block.attn.num_heads for block in model.blocks) * tokens**2 * 4 * _KEPT
    if needed > MAX_ATTENTION_BYTES:
        raise EngineUnavailable(f"the network's attention would take {needed / 1e9:.1f} GB")


def _on_the_grid(model: Any, tokens: Any) -> Any:
    grid: Sequence[int] = model.patch_embed.grid_size
    patches = tokens[model.num_prefix_tokens :]
    if len(patches) != grid[0] * grid[1]:
        raise EngineUnavailable("the network's last tokens are not its patches")
    return patches.reshape(*grid)
