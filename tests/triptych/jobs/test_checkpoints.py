"""Checkpoints: what a long run puts down is there for the run that comes after a death, and for no other."""

import pytest
from support.stores import HandClock
from support.work import OWNER, a_claim, a_job, fail, fail_in_passing, hand_back, succeed

from pipelines.checkpoint import Saved
from pipelines.contract import Part, PartKind
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, LeaseLost
from triptych.jobs.making import keep_part, load_checkpoint, save_checkpoint
from triptych.jobs.owner import cancel, retry
from triptych.jobs.reading import list_parts
from triptych.jobs.sweep import rescue_lapsed, wake
from triptych.store import Store


def parts(*texts: str) -> list[Part]:
    return [Part(PartKind.TOKEN, {"text": text}) for text in texts]


def make(store: Store, claimed: Claim, *texts: str) -> None:
    for seq, part in enumerate(parts(*texts), start=1):
        keep_part(store, claimed, seq, part)


def die(store: Store, clock: HandClock) -> None:
    """Have every run die whose lease is not renewed."""
    clock.forward(store.settings.lease_s + 1)
    rescue_lapsed(store)


def a_saved_job(store: Store) -> tuple[Job, Claim]:
    """A job whose run has made three parts, and saved its state behind the second."""
    job = a_job(store)
    claimed = a_claim(store, job)
    make(store, claimed, "one", "two", "three")
    save_checkpoint(store, claimed, {"second": 2}, made=2)
    return job, claimed


SAVED = Saved({"second": 2}, parts("one", "two"))


def test_a_job_that_saved_nothing_begins_anew(timed: Store) -> None:
    assert load_checkpoint(timed, a_claim(timed, a_job(timed))) is None


def test_the_run_after_a_death_finds_the_state_and_the_parts_up_to_it(timed: Store, clock: HandClock) -> None:
    job, _ = a_saved_job(timed)
    die(timed, clock)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_the_run_after_a_worker_that_was_stopped_goes_on(timed: Store) -> None:
    job, claimed = a_saved_job(timed)
    hand_back(timed, claimed)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_the_run_after_a_failure_that_may_pass_goes_on(timed: Store, clock: HandClock) -> None:
    job, claimed = a_saved_job(timed)
    fail_in_passing(timed, claimed)
    clock.forward(timed.settings.retry_s)
    wake(timed)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_a_later_checkpoint_takes_the_place_of_the_one_before(timed: Store, clock: HandClock) -> None:
    job, claimed = a_saved_job(timed)
    save_checkpoint(timed, claimed, {"second": 3}, made=3)
    die(timed, clock)

    assert load_checkpoint(timed, a_claim(timed, job)) == Saved({"second": 3}, parts("one", "two", "three"))


def test_a_checkpoint_before_the_first_part_brings_none(timed: Store, clock: HandClock) -> None:
    job = a_job(timed)
    claimed = a_claim(timed, job)
    save_checkpoint(timed, claimed, {"model": "loaded"}, made=0)
    make(timed, claimed, "one")
    die(timed, clock)

    assert load_checkpoint(timed, a_claim(timed, job)) == Saved({"model": "loaded"}, [])


def test_a_run_that_lost_its_lease_saves_nothing(timed: Store, clock: HandClock) -> None:
    job, stopped = a_saved_job(timed)
    die(timed, clock)
    successor = a_claim(timed, job)

    with pytest.raises(LeaseLost):
        save_checkpoint(timed, stopped, {"second": 99}, made=3)

    assert load_checkpoint(timed, successor) == SAVED


def test_a_cancelled_run_saves_nothing(timed: Store) -> None:
    job = a_job(timed)
    claimed = a_claim(timed, job)
    cancel(timed, OWNER, job.id)

    with pytest.raises(LeaseLost):
        save_checkpoint(timed, claimed, {"second": 1}, made=0)

    retry(timed, OWNER, job.id)
    assert load_checkpoint(timed, a_claim(timed, job)) is None


def test_a_resumed_run_that_dies_before_it_saves_leaves_the_checkpoint_of_the_first(
    timed: Store, clock: HandClock
) -> None:
    job, _ = a_saved_job(timed)
    die(timed, clock)
    make(timed, a_claim(timed, job), "one", "two", "another three", "four")
    die(timed, clock)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_a_resumed_run_saves_its_own_parts(timed: Store, clock: HandClock) -> None:
    job, _ = a_saved_job(timed)
    die(timed, clock)
    resumed = a_claim(timed, job)
    make(timed, resumed, "one", "two", "3")
    save_checkpoint(timed, resumed, {"second": 3}, made=3)
    die(timed, clock)

    assert load_checkpoint(timed, a_claim(timed, job)) == Saved({"second": 3}, parts("one", "two", "3"))


def test_another_job_finds_nothing(timed: Store) -> None:
    a_saved_job(timed)

    assert load_checkpoint(timed, a_claim(timed, a_job(timed))) is None


def test_a_retry_by_hand_goes_on_where_a_failed_job_stopped(timed: Store) -> None:
    job, claimed = a_saved_job(timed)
    fail(timed, claimed)

    retry(timed, OWNER, job.id)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_a_retry_by_hand_goes_on_where_a_resumed_run_failed(timed: Store, clock: HandClock) -> None:
    job, _ = a_saved_job(timed)
    die(timed, clock)
    fail(timed, a_claim(timed, job))

    retry(timed, OWNER, job.id)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_a_retry_by_hand_goes_on_where_a_job_was_cancelled(timed: Store) -> None:
    job, _ = a_saved_job(timed)
    cancel(timed, OWNER, job.id)

    retry(timed, OWNER, job.id)

    assert load_checkpoint(timed, a_claim(timed, job)) == SAVED


def test_a_retry_by_hand_of_a_job_that_succeeded_begins_anew(timed: Store) -> None:
    job, claimed = a_saved_job(timed)
    succeed(timed, claimed)

    retry(timed, OWNER, job.id)

    assert list_parts(timed, OWNER, job.id, 0, 10) == []
    assert load_checkpoint(timed, a_claim(timed, job)) is None


def test_only_the_parts_of_the_attempt_that_succeeded_are_kept(timed: Store, clock: HandClock) -> None:
    job, _ = a_saved_job(timed)
    die(timed, clock)
    resumed = a_claim(timed, job)
    make(timed, resumed, "one", "two", "3")

    succeed(timed, resumed)

    assert [part.body["text"] for part in list_parts(timed, OWNER, job.id, 0, 10)] == ["one", "two", "3"]
    retry(timed, OWNER, job.id)
    assert load_checkpoint(timed, a_claim(timed, job)) is None
