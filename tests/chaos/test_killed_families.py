"""Workers are killed while a description waits for its children, and while a reply is being written."""

import wave
from collections.abc import Sequence
from pathlib import Path

from support.answer_servers import Script, serving
from support.chatting import a_conversation, ask, messages_of

from api.room import LOCAL_USER
from chaos.conftest import StackOf
from chaos.stack import Stack
from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, get_job, list_attempts, list_jobs
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.submission import Submission

DESCRIBE = catalogue()["fusion.describe"]
WORDS = [f"word {number} " for number in range(20)]
PAUSE_S = 0.1  # before each of them: long enough to be killed in their midst, short enough to wait for
MIDST = WORDS[2]


def test_a_description_whose_children_were_killed_wakes_once_when_they_are_done(
    stack_of: StackOf, tmp_path: Path
) -> None:
    with serving(Script(["The harbour opened in 1871 [1]."])) as script:
        stack = stack_of(answer_url=script.url, answer_model="tiny-chat")
        workers = [stack.worker(Lane.NET), stack.worker(Lane.GPU)]
        stack.periodic()
        stack.until_workers_are_there(2)
        [parent] = stack.submit(a_description(stack, tmp_path))

        stack.until(lambda: is_waiting(stack, parent))
        for worker in workers:
            worker.kill_everybody()
        stack.worker(Lane.NET)
        stack.worker(Lane.GPU)
        stack.until(lambda: stack.state(parent) in FINAL)

    done = get_job(stack.store, LOCAL_USER, parent)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)
    assert (done.attempt, ends_of(stack, parent)) == (2, [None]), "it asked, and was woken once"
    children = children_of(stack, parent, 2)
    assert [(child.pipeline, child.state) for child in children] == [("audio.transcribe", JobState.SUCCEEDED)] * 2
    ends = [ends_of(stack, child.id) for child in children]
    assert [(of_child[0], of_child[-1]) for of_child in ends] == [("worker_died", None)] * 2
    assert len(script.asked) == 1
    assert stack.processes.end() == []


def test_a_reply_whose_writer_was_killed_keeps_its_words_and_is_written_whole(stack_of: StackOf) -> None:
    with serving(Script(WORDS, every_s=PAUSE_S)) as script:
        stack = stack_of(answer_url=script.url, answer_model="tiny-chat")
        writer = stack.worker(Lane.NET)
        stack.periodic()
        stack.until_workers_are_there(1)
        conversation = a_conversation(stack.store, LOCAL_USER, memory="never")
        asked = ask(stack.store, conversation, "When?")

        stack.until(lambda: MIDST in messages_of(stack.store, conversation)[-1].text)
        writer.kill_everybody()
        kept = messages_of(stack.store, conversation)[-1].text
        stack.worker(Lane.NET)
        stack.until(lambda: stack.state(str(asked.reply.job_id)) in FINAL)

    assert kept.startswith("".join(WORDS[:3]).strip())
    assert WORDS[-1] not in kept
    question, reply = messages_of(stack.store, conversation)
    assert (reply.state, reply.text) == (JobState.SUCCEEDED, "".join(WORDS))
    assert question.id == asked.message.id
    ends = ends_of(stack, str(asked.reply.job_id))
    assert (ends[0], ends[-1]) == ("worker_died", None)
    assert stack.processes.end() == []


def a_description(stack: Stack, folder: Path) -> Submission:
    """Of two recordings, which others are to hear, and a note."""
    for name in ("one.wav", "two.wav"):
        with wave.open(str(folder / name), "wb") as silence:
            silence.setparams((1, 2, 16_000, 0, "NONE", ""))
            silence.writeframes(name.encode()[:2] * 16_000)
    (folder / "note.txt").write_text("The harbour of Ardal opened in 1871.")
    new = [_kept(stack, folder / name) for name in ("one.wav", "two.wav", "note.txt")]
    params = DESCRIBE.params.model_validate({"question": "When?"}).model_dump(mode="json")
    return Submission(LOCAL_USER, DESCRIBE, params, new_files=new, remember=False, id=new_id())


def _kept(stack: Stack, path: Path) -> File:
    blob = stack.store.blobs.keep(stack.store.blobs.receive([path.read_bytes()], path.stat().st_size))
    media_type = "audio/wav" if path.suffix == ".wav" else "text/plain"
    return File(new_id(), LOCAL_USER, path.name, media_type, blob.size_bytes, blob.sha256, stack.store.clock())


def is_waiting(stack: Stack, parent: str) -> bool:
    """Whether a job waits in no slot while its children run."""
    running = all(child.state is JobState.RUNNING for child in children_of(stack, parent, 2))
    return running and stack.state(parent) == JobState.QUEUED


def children_of(stack: Stack, parent: str, count: int) -> Sequence[Job]:
    """The children of a job, once it has asked for ``count``; one more would be found too."""
    return stack.until(lambda: _at_least(list_jobs(stack.store, LOCAL_USER, Filter(parent=parent), 50), count))


def _at_least(jobs: Sequence[Job], count: int) -> Sequence[Job]:
    return jobs if len(jobs) >= count else ()


def ends_of(stack: Stack, job_id: str) -> list[str | None]:
    """With which code each run of a job ended; None for success. That it came to wait for its children is no end."""
    attempts = list_attempts(stack.store, LOCAL_USER, job_id)
    return [attempt.error and attempt.error["code"] for attempt in attempts]
