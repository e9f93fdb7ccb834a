import pytest

from pipelines.engines.whisper_weights import WhisperSize
from pipelines.models.whisper_memory import memory_bytes_of, parameters_of


def test_halved_decoder_of_turbo_needs_half_of_large():
    share = memory_bytes_of(WhisperSize.LARGE_V3_TURBO) / memory_bytes_of(WhisperSize.LARGE_V3)

    assert 0.5 < share < 0.55


@pytest.mark.engine
def test_parameters_are_those_of_the_network_itself():
    from whisper.model import ModelDimensions, Whisper

    tiny = Whisper(ModelDimensions(80, 1500, 384, 6, 4, 51865, 448, 384, 6, 4))

    assert parameters_of(WhisperSize.TINY) == sum(one.numel() for one in tiny.parameters())
