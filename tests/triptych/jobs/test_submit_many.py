"""Very many jobs in one transaction, taken as they come: all of them or none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.stores import with_settings
from support.work import COUNTING, OWNER, a_text

from triptych.events.event import Numbered
from triptych.files import UnknownFile
from triptych.ids import new_id
from triptych.jobs.counts import tallies
from triptych.jobs.submission import Idempotency, Submission, WrongMedia
from triptych.jobs.submit import AT_A_TIME, submit_many
from triptych.store import Store
from triptych.uploads import list_owned

MANY = 2500
BAD = 1500


def submissions(count: int = MANY) -> Iterator[Submission]:
    for _ in range(count):
        yield Submission(OWNER, COUNTING, {})


def events(store: Store) -> list[Numbered]:
    return list(store.wire.read("0-0"))


def count_of(store: Store) -> int:
    return sum(tally.jobs for tally in tallies(store, OWNER))


def test_very_many_jobs_are_accepted_from_a_generator(store: Store) -> None:
    accepted = submit_many(store, submissions())

    assert accepted == count_of(store) == MANY
    assert len(store.wire.waiting(COUNTING.lane)) == store.settings.window


def test_every_job_is_told_as_queued(store: Store) -> None:
    submit_many(store, submissions())

    told = events(store)
    assert len({event.job_id for event in told}) == len(told) == MANY
    assert all(event.body.startswith('{"type":"job.queued"') for event in told)


@pytest.mark.parametrize("bad", ["an unknown file", "a wrong medium", "a broken line"])
def test_one_bad_job_among_very_many_leaves_none(store: Store, bad: str) -> None:
    def with_a_bad_one() -> Iterator[Submission]:
        text, content = a_text(store)
        yield Submission(OWNER, COUNTING, {}, new_files=(text,), content=content)
        yield from submissions(BAD)
        if bad == "a broken line":
            raise ValueError("line 1502 is no JSON")
        pictures = replace(COUNTING, accepts=("image/*",))
        files = (text.id,) if bad == "a wrong medium" else (new_id(),)
        yield Submission(OWNER, pictures, {}, files)
        yield from submissions(MANY - BAD)

    with pytest.raises((UnknownFile, WrongMedia, ValueError)):
        submit_many(store, with_a_bad_one())

    assert BAD > AT_A_TIME  # so that a page was written before
    assert (count_of(store), list_owned(store, OWNER, None, 10), events(store)) == (0, [], [])
    assert store.wire.waiting(COUNTING.lane) == set()


def test_what_was_accepted_before_under_its_key_is_not_accepted_again(store: Store) -> None:
    def keyed(count: int) -> Iterator[Submission]:
        for number, submission in enumerate(submissions(count)):
            yield replace(submission, idempotency=Idempotency(f"line {number}", "hash"))

    first, second = submit_many(store, keyed(1200)), submit_many(store, keyed(1203))

    assert (first, second) == (1200, 3)
    assert count_of(store) == len(events(store)) == 1203


def test_nothing_at_all_is_accepted_as_nothing(store: Store) -> None:
    assert submit_many(store, iter(())) == 0


def test_very_many_jobs_keep_their_order(store: Store) -> None:
    ids = [new_id() for _ in range(AT_A_TIME + 50)]
    shuffled = ids[::-1]

    submit_many(with_settings(store, window=5), (Submission(OWNER, COUNTING, {}, id=one) for one in shuffled))

    assert store.wire.waiting(COUNTING.lane) == set(shuffled[:5])
