from typing import get_args

import pytest

from pipelines.engines.whisper_languages import WhisperLanguage
from pipelines.engines.whisper_weights import WhisperSize, remote_of

pytestmark = pytest.mark.engine


def test_every_published_size_is_offered_with_its_address():
    import whisper

    offered = {size.value: remote_of(size).url for size in WhisperSize}

    assert offered == whisper._MODELS


def test_every_language_of_whisper_is_offered():
    from whisper.tokenizer import LANGUAGES

    assert set(get_args(WhisperLanguage)) == set(LANGUAGES)
