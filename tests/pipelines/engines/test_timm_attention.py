"""Finding where a network looked, on networks of each kind with random weights."""

from typing import Any

import pytest

from pipelines.engines import timm_attention
from pipelines.errors import EngineUnavailable

pytestmark = pytest.mark.engine


def network(name: str, **arguments: Any) -> Any:  # Any: timm's own
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import timm
    import torch

    torch.manual_seed(5)
    return timm.create_model(name, **arguments).eval().requires_grad_(False)


def pixels(side_px: int) -> Any:  # Any: torch is not typed here
    import torch

    return torch.rand(1, 3, side_px, side_px, generator=torch.Generator().manual_seed(1))


SWIN = {"embed_dim": 16, "depths": (1, 1), "num_heads": (1, 1), "img_size": 64, "window_size": 4}


@pytest.mark.parametrize(("name", "arguments", "side_px"), [("test_resnet", {}, 160), ("swin_s3_tiny_224", SWIN, 64)])
def test_grad_cam_before_a_linear_head_is_the_class_activation_map(
    name: str, arguments: dict[str, Any], side_px: int
) -> None:
    """As Selvaraju et al. show, it is the earlier CAM there: features weighted by the head's own weights."""
    import torch

    model = network(name, **arguments)
    with torch.inference_mode():
        first = int(model(pixels(side_px))[0].argmax())
        features = model.forward_features(pixels(side_px))[0]
    of_channels = features if name == "test_resnet" else features.permute(2, 0, 1)
    activation = torch.einsum("c,chw->hw", model.get_classifier().weight[first], of_channels).relu()

    heat, number, method = timm_attention.heat(model, pixels(side_px))

    assert (number, method) == (first, timm_attention.GRAD_CAM)
    assert heat.flatten().tolist() == pytest.approx((activation / activation.max()).flatten().tolist(), abs=1e-4)


@pytest.mark.parametrize("pool", ["token", "avg", "map"])
def test_rollout_covers_the_patches_however_the_head_pools_them(pool: str) -> None:
    arguments = {} if pool == "token" else {"class_token": False}
    model = network("test_vit", img_size=64, global_pool=pool, **arguments)

    heat, number, method = timm_attention.heat(model, pixels(64))

    assert method == timm_attention.ROLLOUT
    assert (tuple(heat.shape), float(heat.max())) == ((4, 4), 1)
    assert 0 <= float(heat.min()) < 1
    assert number == int(model(pixels(64))[0].argmax())


def test_rollout_through_one_layer_is_the_attention_that_speaks_for_the_class() -> None:
    """With one layer, R - 1 of Chefer et al. is the layer's attention times its gradient, what is against cut."""
    import torch

    model = network("test_vit", img_size=64, depth=1)
    watched = network("test_vit", img_size=64, depth=1)
    attentions: list[Any] = []
    watched.blocks[0].attn.fused_attn = False
    watched.blocks[0].attn.attn_drop.register_forward_hook(lambda _, __, given: attentions.append(given))
    best = watched(pixels(64).requires_grad_())[0].max()
    (gradient,) = torch.autograd.grad(best, attentions)
    expected = (attentions[0] * gradient).relu().mean(dim=1)[0, 0, 1:].reshape(4, 4)

    heat, _, _ = timm_attention.heat(model, pixels(64))

    assert heat.flatten().tolist() == pytest.approx((expected / expected.max()).flatten().tolist(), abs=1e-4)


def test_layers_that_add_little_are_not_lost_beside_what_passes_them_by() -> None:
    model = network("test_vit2", img_size=64)  # each layer's output is scaled to a hundred-thousandth at first

    heat, _, _ = timm_attention.heat(model, pixels(64))

    assert len(heat.unique()) == 16


def test_model_that_others_run_is_left_as_it_was() -> None:
    model = network("test_vit", img_size=64)
    fused = [block.attn.fused_attn for block in model.blocks]

    timm_attention.heat(model, pixels(64))

    assert [block.attn.fused_attn for block in model.blocks] == fused == [True] * len(model.blocks)
    assert not any(block.attn.attn_drop._forward_hooks for block in model.blocks)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_where_nothing_speaks_for_the_class_no_heat_is_made_up() -> None:
    model = network("test_resnet", num_classes=1)
    model.get_classifier().weight.fill_(-1)  # its features are never negative

    with pytest.raises(EngineUnavailable, match="speaks for the label"):
        timm_attention.heat(model, pixels(64))


def test_attention_that_would_fill_the_memory_is_refused() -> None:
    model = network("test_vit", img_size=1024)

    with pytest.raises(EngineUnavailable, match=r"attention would take 2\.4 GB"):
        timm_attention.heat(model, pixels(1024))


@pytest.mark.parametrize("name", ["xcit_nano_12_p16_224", "cait_xxs24_224"])
def test_network_of_another_kind_is_refused(name: str) -> None:
    model = network(name, img_size=32, depth=1, embed_dim=16, num_heads=2)

    with pytest.raises(EngineUnavailable, match="neither a map of features nor a ViT's attention"):
        timm_attention.heat(model, pixels(32))
