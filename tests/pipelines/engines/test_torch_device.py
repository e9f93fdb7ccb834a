"""Passes of tensors, on a CPU and, where there is one, on a GPU."""

from typing import Any

import pytest

from pipelines.engines.passes import PassDone, PassKind

pytestmark = pytest.mark.engine


def doubling(passes: list[PassDone], device: str = "cpu") -> Any:  # Any: torch is not typed here
    from pipelines.engines.torch_device import stacked_rows

    return stacked_rows(
        lambda stacked: stacked.half() * 2,
        device,
        PassKind.TIMM_FEATURES,
        passes.append,
        cpu_most=4,
        gpu_most=4,
        item_bytes=1 << 20,
    )


def never() -> None:
    """The check of a run that nobody cancels."""


def test_tensors_of_one_shape_share_a_pass_and_each_row_goes_to_its_own() -> None:
    import torch

    passes: list[PassDone] = []
    tensors = [torch.full((2,), 1.0), torch.full((3,), 2.0), torch.full((2,), 3.0)]

    rows = doubling(passes).do(tensors, never)

    assert [row.tolist() for row in rows] == [[2, 2], [4, 4, 4], [6, 6]]
    assert [one.size for one in passes] == [2, 1]


def test_rows_are_of_single_precision_whatever_the_network_computes_in() -> None:
    import torch

    [row] = doubling([]).do([torch.ones(2)], never)

    assert row.dtype is torch.float32


@pytest.mark.gpu
def test_what_a_pass_takes_of_a_gpu_is_measured() -> None:
    import torch

    from pipelines.engines.torch_device import device_memory

    memory = device_memory("cuda")
    assert memory is not None
    held = torch.ones(1 << 20, device="cuda")  # what was there before is not the pass's

    with memory.measured() as taken_bytes:
        doubled = held * 2

    assert taken_bytes() == doubled.numel() * doubled.element_size()


@pytest.mark.gpu
def test_rows_of_a_pass_on_a_gpu_come_back_to_the_cpu() -> None:
    import torch

    rows = doubling([], "cuda").do([torch.full((2,), 1.0), torch.full((2,), 3.0)], never)

    assert [(row.device.type, row.tolist()) for row in rows] == [("cpu", [2, 2]), ("cpu", [6, 6])]
