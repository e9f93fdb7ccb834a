import pytest
from support.work import OWNER, a_claim, a_job, succeed

from triptych.jobs.counts import lane_loads, tallies
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState, Priority
from triptych.store import Store
from triptych.workers import Worker, report

pytestmark = pytest.mark.redis


def ids(jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs]


def test_jobs_are_listed_newest_first_in_pages(store: Store) -> None:
    accepted = sorted(ids([a_job(store) for _ in range(5)]), reverse=True)

    first = ids(list_jobs(store, OWNER, Filter(), limit=3))
    second = ids(list_jobs(store, OWNER, Filter(before=first[-1]), limit=3))

    assert first + second == accepted


def test_a_list_holds_only_its_owners_jobs_in_the_wanted_state(store: Store) -> None:
    running = a_job(store)
    a_claim(store, running)
    a_job(store)
    a_job(store, owner="bob")

    listed = list_jobs(store, OWNER, Filter(state=JobState.RUNNING), limit=10)

    assert ids(listed) == [running.id]


def test_the_position_counts_what_goes_first(store: Store) -> None:
    batch = a_job(store, priority=Priority.BATCH)
    urgent = a_job(store)

    places = [get_job(store, OWNER, job.id).place for job in (urgent, batch)]

    assert [place.position for place in places if place] == [1, 2]


def test_the_expected_time_is_unknown_until_a_run_has_finished(store: Store) -> None:
    report(store, Worker("cpu@host", ("cpu",), slots=2, version="1", seen_at=store.clock()))
    before = get_job(store, OWNER, a_job(store).id).place
    succeed(store, a_claim(store, a_job(store)))

    after = get_job(store, OWNER, a_job(store).id).place

    assert before is not None
    assert before.eta_s is None
    assert after is not None
    assert after.eta_s is not None


def test_loads_and_tallies_count_what_there_is(store: Store) -> None:
    a_claim(store, a_job(store))
    a_job(store)

    cpu = next(load for load in lane_loads(store) if load.lane == "cpu")
    mine = {(tally.state, tally.jobs) for tally in tallies(store, OWNER)}

    assert (cpu.queued, cpu.running) == (1, 1)
    assert mine == {("queued", 1), ("running", 1)}
