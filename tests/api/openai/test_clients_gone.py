"""Clients of OpenAI's SDK that go away, which ends their jobs, and those that ask for much at once."""

import asyncio
from dataclasses import replace

import openai
import pytest
from support.calls_answered import stand_ins
from support.until import until
from support.working import Held

from api.room import LOCAL_USER
from pipelines.catalogue import catalogue
from pipelines.contract import EngineUsed, Output, Part, PartKind, Result
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState

pytestmark = pytest.mark.stack
HELLO = [{"role": "user", "content": "Hello"}]
BY_HAND = EngineUsed("by hand", "none")


def waiting(name, begin):
    """In place of the pipeline ``name``: what ``begin`` yields, and then nothing until it is cancelled."""
    held = Held()

    def run(sources, params, context):
        yield from begin(context)
        held.wait(context)
        return Result({}, BY_HAND)

    return replace(catalogue()[name], function=run, run_many=None, made_by=None)


def a_token(_):
    yield Part(PartKind.TOKEN, {"text": "Good "})


def a_piece(context):
    path = context.workdir / "piece"
    path.write_bytes(b"\1\0" * 24_000)
    yield Output("piece", "audio/pcm", path, passing=True)
    yield Part(PartKind.SPEECH, {"text": "x", "start_s": 0.0, "end_s": 1.0, "output": "piece"})


def nothing(_):
    yield from ()


def ended(newest):
    return until(lambda: newest().is_finished and newest(), pause_s=0.02)


def asked_for(house):
    """The embeddings that anybody asked for so far, oldest first."""
    return list_jobs(house, LOCAL_USER, Filter(pipeline="text.vectors"), 100)[::-1]


def all_ended(jobs, count):
    """The ``jobs``, once there are so many and all are over."""
    return jobs if len(jobs) == count and all(job.is_finished for job in jobs) else None


def test_who_hangs_up_in_the_midst_of_an_answer_ends_its_job(sdk, work):
    with work(waiting("text.chat", a_token)) as newest:
        coming = sdk.chat.completions.create(model="tiny-chat", messages=HELLO, stream=True)
        said = [next(coming).choices[0].delta.content for _ in range(2)]
        coming.close()
        job = ended(newest)

    assert (said, job.state) == (["", "Good "], JobState.CANCELLED)


def test_who_hears_enough_of_a_speech_ends_its_job(sdk, work):
    with work(waiting("audio.speak", a_piece)) as newest:
        asked = {"model": "tts-1", "voice": "alloy", "input": "Good morning.", "response_format": "pcm"}
        with sdk.audio.speech.with_streaming_response.create(**asked) as answer:
            first = next(answer.iter_bytes(1000))
        job = ended(newest)

    assert (len(first), job.state) == (1000, JobState.CANCELLED)


@pytest.mark.parametrize("retries", [0, 1])
def test_who_waits_no_longer_ends_its_job_each_time(sdk, work, house, retries):
    impatient = sdk.with_options(timeout=0.3, max_retries=retries)
    before = len(asked_for(house))

    with work(waiting("text.vectors", nothing)):
        with pytest.raises(openai.APITimeoutError):
            impatient.embeddings.create(model="text-embedding-3-small", input="four")
        # A request that the API took up late has its job late, whoever has gone meanwhile.
        tried = until(lambda: all_ended(asked_for(house)[before:], 1 + retries), pause_s=0.02)

    assert [job.state for job in tried] == [JobState.CANCELLED] * (1 + retries)


def test_async_client_is_answered_as_the_other_is(served, work):
    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="any", max_retries=0) as client:
            asked = {"model": "text-embedding-3-small"}
            texts = ("a", "bb", "ccc", "dddd", "eeeee", "ffffff")
            answers = await asyncio.gather(*(client.embeddings.create(input=text, **asked) for text in texts))
            stream = await client.chat.completions.create(model="tiny-chat", messages=HELLO, stream=True)
            words = [chunk.choices[0].delta.content or "" async for chunk in stream]
        return [answer.data[0].embedding[0] for answer in answers], "".join(words)

    with work(*stand_ins()):
        lengths, said = asyncio.run(ask())

    assert lengths == [1, 2, 3, 4, 5, 6]
    assert said == "Good day."
