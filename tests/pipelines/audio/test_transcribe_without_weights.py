import pytest
from pydantic import ValidationError
from recordings import babble, source, write_wav

from pipelines.errors import EngineUnavailable
from pipelines.standalone import run_pipeline


def test_language_no_engine_here_knows_is_refused_with_the_reasons(context, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(1))

    with pytest.raises(EngineUnavailable, match="knows English only"):
        run_pipeline("audio.transcribe", [source(recording)], {"language": "de"}, context)


def test_english_weights_are_not_asked_for_german(context):
    with pytest.raises(ValidationError, match="knows English only: choose base instead"):
        run_pipeline("audio.transcribe", [], {"size": "base.en", "language": "de"}, context)
