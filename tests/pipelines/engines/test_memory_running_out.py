import pytest

from pipelines.engines.memory_running_out import ran_out_of_memory
from pipelines.errors import EngineUnavailable


def test_memory_that_ran_out_is_seen_behind_the_words_of_an_engine():
    wrapped = EngineUnavailable("the weights do not fit")
    wrapped.__cause__ = MemoryError()

    assert ran_out_of_memory(wrapped)


def test_weights_that_do_not_fit_are_no_lack_of_memory():
    wrapped = EngineUnavailable("the weights do not fit")
    wrapped.__cause__ = RuntimeError("size mismatch")

    assert not ran_out_of_memory(wrapped)


def test_ctranslate2_that_has_no_memory_left_is_seen():
    assert ran_out_of_memory(RuntimeError("CUDA failed with error out of memory"))


@pytest.mark.engine
def test_torch_that_has_no_memory_left_is_seen():
    import torch

    with pytest.raises(RuntimeError) as refused:
        torch.empty(1 << 60)

    assert ran_out_of_memory(refused.value)
    assert ran_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
