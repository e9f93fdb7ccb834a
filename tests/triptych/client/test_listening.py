"""Sound that is sent while it is made is all there at the end, over connections that break."""

import wave
from collections.abc import Iterable
from contextlib import closing
from io import BytesIO

import pytest
from support.at_work import AtWork
from support.flaky_front import flaky_front
from support.listening import SOUND

from triptych.client import Client, NotAllowed, Patience, Refused
from triptych.client.records.listening import ListenKept, ListenStarted

TURN = 3200  # a tenth of a second


def pieces(sound: bytes = SOUND) -> Iterable[bytes]:
    return (sound[at : at + TURN] for at in range(0, len(sound), TURN))


def kept_of(client: Client, sound: Iterable[bytes]) -> tuple[str, bytes]:
    """A recording's job, and the samples that are kept of it; nobody is there to hear them."""
    with closing(client.listening.record(sound, name="talk")) as told:
        job_id = ""
        for one in told:
            job_id = one.job_id if isinstance(one, ListenStarted) else job_id
            if isinstance(one, ListenKept):
                client.jobs.cancel(job_id)
                content = BytesIO()
                client.files.copy(client.files.get(one.file_id), content)
        content.seek(0)
        with wave.open(content) as file:
            return job_id, file.readframes(file.getnframes())


def test_what_was_said_is_kept_and_told_to_the_end_of_its_job(client: Client) -> None:
    job_id, samples = kept_of(client, pieces())

    job = client.jobs.get(job_id)
    assert samples == SOUND
    assert (job.pipeline, job.state, job.inputs[0].name) == ("audio.listen", "cancelled", "talk.wav")


def test_a_connection_that_breaks_loses_nothing(working: AtWork, quick: Patience) -> None:
    long = SOUND * 6

    with (
        flaky_front(working.url, asks=[40_000, 90_000, 70_000]) as front,
        Client(front.url, patience=quick) as client,
    ):
        _, samples = kept_of(client, pieces(long))

    assert samples == long
    assert front.connections > 3


def test_a_recording_that_is_refused_says_why(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        list(client.listening.record([], params={"size": "enormous"}))

    assert refused.value.code == "invalid_params"


def test_whoever_is_not_known_is_told_so(house_working: AtWork) -> None:
    with Client(house_working.url) as client, pytest.raises(NotAllowed) as refused:
        list(client.listening.record(pieces()))

    assert refused.value.code == "unauthenticated"


def test_what_goes_wrong_with_the_sound_is_raised(client: Client) -> None:
    def breaking() -> Iterable[bytes]:
        yield SOUND
        raise OSError("the microphone is gone")

    with pytest.raises(OSError, match="microphone"):
        kept_of(client, breaking())
