import pytest
from pydantic import ValidationError
from recordings import babble, source, write_wav

from pipelines.audio.transcribe import TranscribeParams
from pipelines.errors import EngineUnavailable
from pipelines.standalone import run_pipeline


def test_language_no_engine_here_knows_is_refused_with_the_reasons(context, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(1))

    with pytest.raises(EngineUnavailable, match="knows English only"):
        run_pipeline("audio.transcribe", [source(recording)], {"language": "de"}, context)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"language": "yue", "size": "base"}, r"base does not know Cantonese \(yue\): choose large-v3"),
        ({"task": "translate", "size": "turbo"}, "turbo was not trained to translate: choose large-v3"),
        ({"initial_prompt": "see <|endoftext|>"}, "leave it out"),
    ],
)
def test_what_the_weights_cannot_do_is_refused(asked, why):
    with pytest.raises(ValidationError, match=why):
        TranscribeParams(**asked)


def test_english_weights_are_not_asked_for_german(context):
    with pytest.raises(ValidationError, match="knows English only: choose base instead"):
        run_pipeline("audio.transcribe", [], {"size": "base.en", "language": "de"}, context)
