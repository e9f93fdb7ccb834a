"""What Whisper needs in memory, counted from its published dimensions before any weights are here."""

from pipelines.engines.whisper_weights import WhisperSize

BYTES_A_PARAMETER = 4  # float32, in which it runs on a CPU; half of it on a GPU
TEXT_CONTEXT = 448
CONVOLUTION = 3  # frames under each of the two convolutions at the encoder's beginning

# Layers and width, the same for encoder and decoder: Radford et al. 2022, https://arxiv.org/abs/2212.04356, table 1.
LAYERS_AND_WIDTH = {"tiny": (4, 384), "base": (6, 512), "small": (12, 768), "medium": (24, 1024), "large": (32, 1280)}
TURBO_DECODER_LAYERS = 4  # https://github.com/openai/whisper/discussions/2363


def memory_bytes_of(size: WhisperSize) -> int:
    """The bytes of the parameters of ``size``; what a run computes with them comes on top."""
    return BYTES_A_PARAMETER * parameters_of(size)


def parameters_of(size: WhisperSize) -> int:
    """How many numbers were trained: an attention has four matrices of width x width, a block's two dense layers 8."""
    layers, width = LAYERS_AND_WIDTH[size.value.partition(".")[0].partition("-")[0]]
    is_v3, is_turbo = size.value.startswith("large-v3"), size is WhisperSize.LARGE_V3_TURBO
    decoder_layers = TURBO_DECODER_LAYERS if is_turbo else layers
    mel_bands = 128 if is_v3 else 80
    tokens = 51866 if is_v3 else 51864 if size.knows_english_only else 51865
    convolutions = CONVOLUTION * width * (mel_bands + width) + 2 * width
    encoder = layers * (12 * width**2 + 12 * width) + 2 * width
    decoder = (tokens + TEXT_CONTEXT) * width + decoder_layers * (16 * width**2 + 17 * width) + 2 * width
    return convolutions + encoder + decoder
