import wave

import pytest

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
