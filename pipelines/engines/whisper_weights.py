"""The published Whisper weights: their names, where they are fetched from, and where they lie on this machine."""

import importlib.util
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.contract import Context
from pipelines.engines.fetching import Remote, fetch
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings, unanswered
from pipelines.errors import DownloadAway


class WhisperSize(StrEnum):
    """Every published set of weights; ``.en`` ones know English only."""

    TINY_EN = "tiny.en"
    TINY = "tiny"
    BASE_EN = "base.en"
    BASE = "base"
    SMALL_EN = "small.en"
    SMALL = "small"
    MEDIUM_EN = "medium.en"
    MEDIUM = "medium"
    LARGE_V1 = "large-v1"
    LARGE_V2 = "large-v2"
    LARGE_V3 = "large-v3"
    LARGE = "large"
    LARGE_V3_TURBO = "large-v3-turbo"
    TURBO = "turbo"

    @property
    def knows_english_only(self) -> bool:
        """Whether these weights were trained on English alone."""
        return self.value.endswith(".en")

    @property
    def knows_cantonese(self) -> bool:
        """Whether its vocabulary has the hundredth language, which came with large-v3."""
        return ALIASES.get(self, self) in (WhisperSize.LARGE_V3, WhisperSize.LARGE_V3_TURBO)

    @property
    def translates(self) -> bool:
        """Whether it was trained to write English whatever is spoken: turbo was not, as its model card says."""
        return not self.knows_english_only and ALIASES.get(self, self) is not WhisperSize.LARGE_V3_TURBO

    @property
    def file_name(self) -> str:
        """The weights' file; two names may share one."""
        return f"{ALIASES.get(self, self).value}.pt"


ALIASES = {WhisperSize.LARGE: WhisperSize.LARGE_V3, WhisperSize.TURBO: WhisperSize.LARGE_V3_TURBO}

# SHA-256 of each file, as published in openai-whisper's own table of models (MIT).
SHA256 = {
    WhisperSize.TINY_EN: "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
    WhisperSize.TINY: "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    WhisperSize.BASE_EN: "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
    WhisperSize.BASE: "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    WhisperSize.SMALL_EN: "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
    WhisperSize.SMALL: "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    WhisperSize.MEDIUM_EN: "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
    WhisperSize.MEDIUM: "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    WhisperSize.LARGE_V1: "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
    WhisperSize.LARGE_V2: "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    WhisperSize.LARGE_V3: "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
    WhisperSize.LARGE_V3_TURBO: "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
}
PUBLISHED_AT = "https://openaipublic.azureedge.net/main/whisper/models"


def canonical(size: WhisperSize) -> WhisperSize:
    """The size whose file ``size`` is another name of."""
    return ALIASES.get(size, size)


def remote_of(size: WhisperSize) -> Remote:
    """Where ``size`` is fetched from and what its bytes must hash to."""
    sha256 = SHA256[canonical(size)]
    return Remote(f"{PUBLISHED_AT}/{sha256}/{size.file_name}", sha256)


def local_path(size: WhisperSize, models_dir: Path) -> Path:
    """Where the weights lie, or will: ``models_dir/whisper/base.pt``. A file put there by hand is used as it is."""
    return models_dir / "whisper" / size.file_name


def availability(size: WhisperSize, surroundings: Surroundings) -> Availability:
    """Whether Whisper of ``size`` can run: its weights are here, or the place they are published at answers."""
    if importlib.util.find_spec("whisper") is None:
        return Availability(False, "the package openai-whisper is not installed")
    if local_path(size, surroundings.models_dir).is_file():
        return AVAILABLE
    host = urlsplit(PUBLISHED_AT).hostname or ""
    if surroundings.network.reachable(host):
        return AVAILABLE
    here = sorted(path.stem for path in (surroundings.models_dir / "whisper").glob("*.pt"))
    others = f"; here are: {', '.join(here)}" if here else ""
    return unanswered(
        surroundings.network,
        f"no weights {size.file_name} in the models' folder whisper, and {host} cannot be reached{others}",
        DownloadAway,
    )


def weights(size: WhisperSize, context: Context) -> Path:
    """The weights' path, fetched first where they are not here yet.

    A file put into place by hand is trusted by its owner and not hashed: it may be fine-tuned. It is still
    loaded as weights only, never as a pickle that can run code. What is fetched is always hashed.
    Raises TransientFailure when fetching fails, DownloadAway when the server does not answer.
    """
    path = local_path(size, context.models_dir)
    if not path.is_file():
        fetch(remote_of(size), path, context)
    return path
