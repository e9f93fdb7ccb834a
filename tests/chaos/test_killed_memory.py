"""Workers are killed while they remember, and while another model's vectors are made for all that is remembered."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from support.remembering import ask, passage, remember, texts_of, vector
from support.work import a_file

from api.room import LOCAL_USER
from chaos.processes import Running
from chaos.remembering import HEARING, sentence
from chaos.stack import Stack
from pipelines.catalogue import catalogue
from pipelines.contract import Lane
from pipelines.house import MemoryKind
from triptych.jobs.reading import get_job
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.submission import Submission
from triptych.jobs.tables import jobs
from triptych.memory.spaces import spaces
from triptych.memory.tables import memories, memory_makers
from triptych.memory.values import SpaceState
from triptych.memory.vectors import count_vectors

pytestmark = pytest.mark.engine

SENTENCES = 300  # three pages of vectors
MINILM = "all-MiniLM-L6-v2"
OLD = vector(1, 0, 0)


def a_worker(stack: Stack) -> Running:
    """Start a worker of all that is needed to remember."""
    return stack.worker(Lane.GPU, Lane.CPU, slots=2, app="chaos.remembering_app")


def said(stack: Stack) -> list[str]:
    """What is remembered as it was said, in order."""
    its = select(memories.c.text).where(memories.c.kind == MemoryKind.SEGMENT).order_by(memories.c.position)
    with stack.store.database.read() as connection:
        return list(connection.execute(its).scalars())


def vectors(stack: Stack, model: str) -> int:
    """How many vectors of the model are kept."""
    its = [stored for stored in spaces(stack.store) if stored.space.model == model]
    with stack.store.database.read() as connection:
        return sum(count_vectors(connection, stored, LOCAL_USER) for stored in its)


def states(stack: Stack) -> dict[str, SpaceState]:
    return {stored.space.model: stored.state for stored in spaces(stack.store)}


def index_job(stack: Stack) -> str:
    """The job that remembers what the other heard, once there is one."""
    its = select(jobs.c.id).where(jobs.c.pipeline == "memory.index")
    with stack.store.database.read() as connection:
        return str(connection.execute(its).scalar() or "")


def test_killed_worker_has_everything_remembered_once(stack_of):
    stack = stack_of()
    worker = a_worker(stack)
    stack.periodic()
    file = replace(a_file(stack.store, owner=LOCAL_USER), name="talk.mp3", media_type="audio/mpeg")

    stack.submit(Submission(LOCAL_USER, HEARING, {"sentences": SENTENCES}, new_files=[file]))
    stack.until(lambda: said(stack))
    worker.kill_everybody()
    when_killed = len(said(stack))
    a_worker(stack)
    stack.until(lambda: stack.state(index_job(stack)) in FINAL)

    index = get_job(stack.store, LOCAL_USER, index_job(stack))
    assert when_killed < SENTENCES
    assert (index.state, index.attempt > 1) == (JobState.SUCCEEDED, True)
    assert said(stack) == [sentence(number) for number in range(SENTENCES)]
    assert vectors(stack, MINILM) == SENTENCES
    with stack.store.database.read() as connection:
        by_attempt = select(memory_makers.c.attempt, func.count()).group_by(memory_makers.c.attempt)
        assert dict(connection.execute(by_attempt).all()) == {index.attempt: SENTENCES + 1}  # with the file's name


def test_killed_worker_leaves_the_old_vectors_and_another_goes_on(stack_of):
    stack = stack_of()
    for first in range(0, SENTENCES, 100):
        some = [passage(sentence(number), number, OLD) for number in range(first, first + 100)]
        remember(stack.store, *some, owner=LOCAL_USER)
    worker = a_worker(stack)
    stack.periodic()

    reindex = Submission(LOCAL_USER, catalogue()["memory.reindex"], {"model": MINILM, "kind": "text"})
    [job_id] = stack.submit(reindex)
    stack.until(lambda: vectors(stack, MINILM))
    worker.kill_everybody()
    when_killed, had = states(stack), vectors(stack, MINILM)
    found = ask(stack.store, "", OLD, owner=LOCAL_USER)
    a_worker(stack)
    stack.until(lambda: stack.state(job_id) in FINAL)
    stack.until(lambda: len(spaces(stack.store)) == 1)

    job = get_job(stack.store, LOCAL_USER, job_id)
    assert when_killed == {"compass": SpaceState.ACTIVE, MINILM: SpaceState.BUILDING}
    assert len(texts_of(found)) == 20
    assert (job.state, job.attempt > 1) == (JobState.SUCCEEDED, True)
    assert job.result["memories"] <= SENTENCES - had
    assert states(stack) == {MINILM: SpaceState.ACTIVE}
    assert vectors(stack, MINILM) == SENTENCES
