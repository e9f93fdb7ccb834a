import pytest

from pipelines.engines.espeak_ng import EspeakLibrary
from pipelines.engines.spoken_languages import TONGUES

pytestmark = pytest.mark.engine


def test_every_language_offered_has_a_voice():
    library = EspeakLibrary()
    voices = {tongue.espeak for tongue in TONGUES.values() if tongue.espeak}

    silent = {voice for voice in voices if not b"".join(library.say("1", voice, 2.0, lambda: None))}

    assert silent == set()
