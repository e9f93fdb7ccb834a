import wave

import av
import numpy as np
import pytest
from av.stream import Disposition

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.sound import open_sound


def source(path):
    return Source(path, path.name, "audio/wav", path.stat().st_size)


@pytest.fixture
def neighbour(tmp_path):
    with wave.open(str(tmp_path / "secret.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\2" * 8000)
    return tmp_path / "secret.wav"


@pytest.mark.parametrize(
    "content",
    [
        "ffconcat version 1.0\nfile secret.wav\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "",
        "no recording at all",
    ],
)
def test_playlist_in_disguise_is_refused_by_name(tmp_path, neighbour, content):
    disguised = tmp_path / "x.wav"
    disguised.write_text(content)

    with pytest.raises(BadInput, match=r"x\.wav") as refused, open_sound(source(disguised)):
        pass

    assert refused.value.code == "bad_media"


def test_recording_cut_short_is_read_as_far_as_it_goes(tmp_path, neighbour):
    short = tmp_path / "short.wav"
    short.write_bytes(neighbour.read_bytes()[:8044])

    with open_sound(source(short)) as sound:
        samples = sum(len(block) for block in sound.mono(8000))

    assert samples == pytest.approx(4000, abs=50)


@pytest.fixture
def film(tmp_path):
    """A function that writes a recording whose tracks are as loud as ``levels`` say, the ``default`` one flagged."""

    def write(*levels, default):
        path = tmp_path / "film.mkv"
        with av.open(str(path), "w") as container:
            tracks = [container.add_stream("pcm_s16le", rate=16_000, layout="mono") for _ in levels]
            for number, track in enumerate(tracks):
                track.disposition = Disposition.default if number == default else Disposition(0)
            for track, level in zip(tracks, levels, strict=True):
                samples = np.full((1, 16_000), round(level * 32_768), np.int16)
                frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                frame.sample_rate = 16_000
                container.mux(track.encode(frame))
        return source(path)

    return write


@pytest.mark.parametrize(
    ("default", "level", "heard"), [(None, 0.25, "the first"), (0, 0.25, "the first"), (1, 0.5, "number 2")]
)
def test_default_of_several_sound_tracks_is_heard_and_the_others_are_told(film, default, level, heard):
    with open_sound(film(0.25, 0.5, default=default)) as sound:
        blocks = list(sound.mono())
        warnings = sound.warnings()

    assert np.concatenate(blocks).max() == pytest.approx(level, abs=0.01)
    assert warnings == (f"'film.mkv' has 2 sound tracks: {heard} is heard",)


def test_one_sound_track_is_nothing_to_be_told_of(film):
    with open_sound(film(0.25, default=0)) as sound:
        list(sound.mono())
        warnings = sound.warnings()

    assert warnings == ()
