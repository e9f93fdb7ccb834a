"""Claims of whole messages, and the leases that one worker's processes keep."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from support.stores import HandClock, ids_of
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, a_text, story, succeed

from triptych.ids import new_id
from triptych.jobs.leases import Holder, claim_all, renew
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import rescue_lapsed
from triptych.store import Store

WORKER = Holder("worker-1")


def test_those_of_a_message_that_can_be_claimed_are_returned_in_its_order(store: Store) -> None:
    cancelled, first, taken, second = (a_job(store) for _ in range(4))
    cancel(store, OWNER, cancelled.id)
    a_claim(store, taken, "worker-2")

    claims = claim_all(store, [second.id, cancelled.id, new_id(), taken.id, first.id], WORKER)

    assert [one.job.id for one in claims] == [second.id, first.id]
    assert [one.row.attempt for one in claims] == [1, 1]
    assert get_job(store, OWNER, cancelled.id).state is JobState.CANCELLED
    assert [story(store, job)[-1] for job in (first, second)] == ["job.started", "job.started"]


def test_each_job_of_a_message_brings_its_own_inputs(store: Store) -> None:
    kept, (text, content) = a_file(store, b"kept"), a_text(store, b"a text")
    first = submit(store, Submission(OWNER, COUNTING, {}, new_files=(kept,)))
    second = submit(store, Submission(OWNER, COUNTING, {}, new_files=(text,), content=content))
    third = a_job(store)

    claims = claim_all(store, ids_of([second, third, first]), WORKER)

    assert [one.job.inputs for one in claims] == [(text,), (), (kept,)]
    assert claims[0].content[text.id] == b"a text"


def test_a_message_of_which_nothing_is_left_is_no_claim(store: Store) -> None:
    job = a_job(store)
    succeed(store, a_claim(store, job))

    assert claim_all(store, [job.id, new_id()], WORKER) == []


def test_two_claimers_of_one_message_never_share_a_job(store: Store) -> None:
    def take(name: str, ids: list[str]) -> list[str]:
        return [one.job.id for one in claim_all(store, ids, Holder(name))]

    with ThreadPoolExecutor(3) as pool:
        for _ in range(10):
            ids = ids_of([a_job(store) for _ in range(6)])
            taken = list(pool.map(take, ("worker-1", "worker-2", "worker-3"), repeat(ids)))

            assert sorted(job_id for some in taken for job_id in some) == sorted(ids)


def holder(token: str, process_id: int) -> Holder:
    return Holder(f"worker of {token}", token, process_id)


def test_a_renewal_keeps_the_leases_of_one_workers_living_processes_alone(timed: Store, clock: HandClock) -> None:
    holders = [holder("a", 1), holder("a", 2), holder("a", 3), holder("b", 1)]
    jobs = [a_job(timed) for _ in holders]
    for job, one in zip(jobs, holders, strict=True):
        claim_all(timed, [job.id], one)
    clock.forward(timed.settings.lease_s - 1)

    renew(timed, "a", {1, 3})
    clock.forward(2)
    rescued = rescue_lapsed(timed)

    assert set(rescued) == {jobs[1].id, jobs[3].id}
    assert [get_job(timed, OWNER, job.id).state for job in (jobs[0], jobs[2])] == [JobState.RUNNING] * 2


def test_a_renewed_lease_lapses_as_late_as_a_new_one(timed: Store, clock: HandClock) -> None:
    claim_all(timed, [a_job(timed).id], holder("a", 1))
    clock.forward(20)
    renew(timed, "a", {1})

    clock.forward(timed.settings.lease_s - 1)
    before = rescue_lapsed(timed)
    clock.forward(2)
    after = rescue_lapsed(timed)

    assert (len(before), len(after)) == (0, 1)


def test_a_worker_of_which_no_process_is_left_renews_nothing(timed: Store, clock: HandClock) -> None:
    job = a_job(timed)
    claim_all(timed, [job.id], holder("a", 1))
    clock.forward(timed.settings.lease_s - 1)

    renew(timed, "a", set())
    clock.forward(2)

    assert rescue_lapsed(timed) == [job.id]
