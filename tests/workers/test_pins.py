"""Pins stay with what was pinned, when the job that heard it is done again."""

from collections.abc import Sequence

import pytest
from support.executing import run_all
from support.indexing import done, indexed
from support.work import OWNER, a_file

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Part, PartKind, Result, Run, Source
from triptych.jobs.job import Job
from triptych.jobs.owner import retry
from triptych.memory.marks import pin, unpin
from triptych.memory.pins import MOST_MISSES
from triptych.memory.search import search
from triptych.memory.values import Filter, Hit, Question
from triptych.store import Store

pytestmark = [pytest.mark.redis, pytest.mark.engine]

HARBOUR = "The harbour office opens at seven in the morning."
BEES = "A hive of bees has a single queen, who lays all of its eggs."
CORRECTED = "The hive of bees has a single queen, who lays all its eggs."
FERRY = "Nobody is awake before the ferry comes in."


def hearing(*sentences: str) -> Pipeline:
    """A pipeline that hears these, four seconds each."""

    def hear(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        """Hear some sentences."""
        for number, sentence in enumerate(sentences):
            yield Part(PartKind.SEGMENT, {"start_s": 4.0 * number, "end_s": 4.0 * number + 4, "text": sentence})
        return Result({"language": "en"}, EngineUsed("abacus", "wooden"))

    return Pipeline("test.hear", "Hear", Lane.CPU, ("*",), NoParams, hear, remember=True)


def heard(store: Store, *sentences: str) -> Job:
    """A job that heard these, and was remembered."""
    job = done(store, hearing(*sentences), a_file(store))
    indexed(store, job)
    return job


def heard_again(store: Store, job: Job, *sentences: str) -> None:
    """Have the job done again, which hears these now."""
    retry(store, OWNER, job.id)
    run_all(store, [job], hearing(*sentences))
    indexed(store, job)


def pinned(store: Store) -> list[Hit]:
    """What is pinned, the newest first."""
    return list(search(store, OWNER, Question(filter=Filter(pinned=True))).hits)


def pin_all(store: Store, *words: str) -> None:
    """Pin what is found first by each word."""
    for word in words:
        pin(store, OWNER, search(store, OWNER, Question(word)).hits[0].memory.id)


def test_pin_is_there_still_when_its_job_is_done_again(store: Store) -> None:
    job = heard(store, HARBOUR, BEES)
    pin_all(store, "queen")
    [before] = pinned(store)

    heard_again(store, job, HARBOUR, BEES)

    [after] = pinned(store)
    assert (after.memory.text, after.memory.pinned_at) == (BEES, before.memory.pinned_at)


def test_pin_goes_to_what_is_nearly_the_same_and_to_nothing_else(store: Store) -> None:
    job = heard(store, HARBOUR, BEES)
    pin_all(store, "queen", "office")

    heard_again(store, job, FERRY, CORRECTED)

    assert [hit.memory.text for hit in pinned(store)] == [CORRECTED]


def test_pin_waits_for_the_run_that_hears_the_same_once_more(store: Store) -> None:
    job = heard(store, HARBOUR)
    pin_all(store, "office")

    heard_again(store, job, FERRY)
    without_it = pinned(store)
    heard_again(store, job, HARBOUR)

    assert without_it == []
    assert [hit.memory.text for hit in pinned(store)] == [HARBOUR]


def test_what_was_unpinned_is_not_pinned_again(store: Store) -> None:
    job = heard(store, HARBOUR)
    pin_all(store, "office")
    unpin(store, OWNER, pinned(store)[0].memory.id)

    heard_again(store, job, HARBOUR)

    assert pinned(store) == []


def test_pin_that_several_runs_hear_nothing_like_is_forgotten(store: Store) -> None:
    job = heard(store, HARBOUR)
    pin_all(store, "office")
    for _ in range(MOST_MISSES):
        heard_again(store, job, FERRY)

    heard_again(store, job, HARBOUR)

    assert pinned(store) == []
