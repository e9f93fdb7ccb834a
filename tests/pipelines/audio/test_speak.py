import pytest
from recordings import source

from pipelines.errors import EngineUnavailable
from pipelines.media.sound import open_sound
from pipelines.standalone import run_pipeline


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "hello.txt"
    path.write_text("Hello world.\nOne two three.", encoding="utf-8")
    return source(path, "text/plain")


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_espeak_speaks_without_a_network_and_says_so(context, text, form):
    finished = run_pipeline("audio.speak", [text], {"format": form, "voice": "f3"}, context)

    made = finished.output(f"speech.{form}")
    assert finished.result.engine.name == "espeak-ng"
    assert "eSpeak NG" in finished.result.warnings[0]
    with open_sound(source(made.path, made.media_type)) as sound:
        heard = sum(len(block) for block in sound.mono()) / 16_000
    assert heard == pytest.approx(finished.result.body["duration_s"], abs=0.15)
    assert heard > 1


def test_double_speed_takes_less_time(context, text):
    natural = run_pipeline("audio.speak", [text], {"format": "wav"}, context)
    fast = run_pipeline("audio.speak", [text], {"format": "wav", "speed": 2}, context)

    assert fast.result.body["duration_s"] < 0.7 * natural.result.body["duration_s"]


def test_language_nobody_here_speaks_is_refused_with_the_reasons(context, text):
    with pytest.raises(EngineUnavailable, match="espeak-ng: it does not speak 'gl'"):
        run_pipeline("audio.speak", [text], {"language": "gl"}, context)
