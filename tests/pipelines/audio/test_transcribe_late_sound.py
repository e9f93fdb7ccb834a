import pytest
from recordings import babble, encode, source
from scripted_whisper import write_scripted_whisper

from pipelines.standalone import run_pipeline

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_times_count_from_the_beginning_of_a_video_whose_sound_begins_late(context, tmp_path, name):
    write_scripted_whisper(context.models_dir / "whisper" / "base.pt")
    film = encode(tmp_path / name, babble(5, 48_000), 48_000, "aac", picture=True, late_s=3.0)

    finished = run_pipeline("audio.transcribe", [source(film, "video/mp4")], {}, context)

    (segment,) = (part.body for part in finished.parts)
    assert (segment["start_s"], segment["end_s"]) == pytest.approx((3.0, 5.0), abs=0.1)
    assert finished.result.body["duration_s"] == pytest.approx(8.0, abs=0.1)
    assert finished.result.warnings == ()
