"""An end is told to whoever wants it: once, whichever way it was written, and not where it was not."""

import json

import pytest
from support.batching import a_batch, do_jobs, tend, texts
from support.receiver import ALL, ASKING, Receiver, a_webhook, deliver
from support.work import COUNTING, DONE, OWNER, a_claim, a_file, a_job, fail, succeed

from triptych.batches import owner
from triptych.batches.reading import get_batch
from triptych.batches.told import batch_told
from triptych.jobs import ending, ends
from triptych.jobs.leases import Holder
from triptych.jobs.owner import cancel, delete_job, retry
from triptych.jobs.reading import get_job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.told import job_told
from triptych.store import Store
from triptych.webhooks.outbox import hand_out
from triptych.webhooks.registry import change
from triptych.webhooks.values import EventName

pytestmark = pytest.mark.redis


def events(receiver: Receiver) -> list[tuple[str, str]]:
    """The type of each event that came, and the job that it tells of, in the order of the jobs."""
    bodies = [json.loads(got.body) for got in receiver.got]
    return sorted((body["type"], body["data"]["id"]) for body in bodies)


def test_a_success_is_told_as_the_api_tells_the_job(store: Store, receiver: Receiver) -> None:
    hook = a_webhook(store, OWNER, receiver.url)
    job = a_job(store, inputs=[])
    succeed(store, a_claim(store, job))

    deliver(store)

    [got] = receiver.got
    event = got.verified(hook.secret)
    told = job_told(get_job(store, OWNER, job.id))
    assert event == {
        "type": "job.succeeded",
        "timestamp": told["finished_at"],
        "data": {**told, "left_out": [], "url": f"/api/v1/jobs/{job.id}"},
    }


def test_every_way_a_job_can_end_is_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    failed, cancelled, alone, first, second = (a_job(store) for _ in range(5))

    fail(store, a_claim(store, failed))
    cancel(store, OWNER, cancelled.id)
    ending.end_and_go_on(store, [ends.succeeded(a_claim(store, alone).row, store.clock(), DONE)], Holder("worker-1"))
    together = [ends.succeeded(a_claim(store, one).row, store.clock(), DONE) for one in (first, second)]
    ending.end_all(store, together)
    deliver(store)

    assert events(receiver) == [
        ("job.cancelled", cancelled.id),
        ("job.failed", failed.id),
        *sorted(("job.succeeded", one.id) for one in (alone, first, second)),
    ]


def test_an_end_that_is_no_longer_the_runs_is_not_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    job = a_job(store)
    claimed = a_claim(store, job)
    cancel(store, OWNER, job.id)

    ended = ending.end_all(store, [ends.succeeded(claimed.row, store.clock(), DONE)])
    deliver(store)

    assert ended == set()
    assert events(receiver) == [("job.cancelled", job.id)]


def test_events_and_pipelines_that_nobody_asked_for_are_not_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url, events=(EventName.JOB_FAILED,))
    a_webhook(store, OWNER, receiver.url, pipelines=("text.keywords",))
    a_webhook(store, "bob", receiver.url)
    counted = a_job(store)
    succeed(store, a_claim(store, counted))

    deliver(store)

    assert receiver.got == []


def test_a_webhook_for_a_pipeline_is_told_of_it(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url, pipelines=(COUNTING.name,))
    job = a_job(store)
    succeed(store, a_claim(store, job))

    deliver(store)

    assert events(receiver) == [("job.succeeded", job.id)]


def test_jobs_that_others_asked_for_are_not_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    parent = a_job(store)
    child = submit(store, Submission(OWNER, COUNTING, {}, parent_id=parent.id, child=0))
    succeed(store, a_claim(store, child))

    deliver(store)

    assert receiver.got == []


def test_a_disabled_webhook_is_told_nothing_of_what_ends_meanwhile(store: Store, receiver: Receiver) -> None:
    hook = a_webhook(store, OWNER, receiver.url).webhook
    change(store, OWNER, ASKING, hook.id, {}, enabled=False)
    succeed(store, a_claim(store, a_job(store)))

    change(store, OWNER, ASKING, hook.id, {}, enabled=True)
    deliver(store)

    assert receiver.got == []


def test_an_end_is_handed_out_once(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    succeed(store, a_claim(store, a_job(store)))

    looked_at = [hand_out(store), hand_out(store)]
    deliver(store)

    assert looked_at == [1, 0]
    assert len(receiver.got) == 1


def test_a_job_that_was_deleted_before_it_was_told_is_told_by_what_is_known(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    job = a_job(store)
    succeed(store, a_claim(store, job))
    delete_job(store, OWNER, job.id)

    deliver(store)

    [got] = receiver.got
    data = json.loads(got.body)["data"]
    assert (data["id"], data["state"], data["left_out"]) == (job.id, "succeeded", ["*"])


def test_a_job_that_is_done_again_tells_both_ends(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    job = a_job(store)
    fail(store, a_claim(store, job))
    retry(store, OWNER, job.id)
    succeed(store, a_claim(store, job))

    deliver(store)

    assert events(receiver) == [("job.failed", job.id), ("job.succeeded", job.id)]


def test_a_long_result_is_left_out_and_named(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url)
    job = a_job(store)
    long = type(DONE)({"text": "a" * 100_000}, DONE.engine)
    succeed(store, a_claim(store, job), long)

    deliver(store)

    [got] = receiver.got
    data = json.loads(got.body)["data"]
    assert len(got.body) < 10_000
    assert data["left_out"] == ["result"]
    assert "result" not in data
    assert data["state"] == "succeeded"


def test_the_files_that_a_job_worked_on_are_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url, events=ALL)
    file = a_file(store)
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=[file]))
    succeed(store, a_claim(store, job))

    deliver(store)

    [got] = receiver.got
    assert json.loads(got.body)["data"]["inputs"][0]["name"] == "hello.txt"


def test_a_batch_is_told_as_the_api_tells_it(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url, events=(EventName.BATCH_FINISHED,), pipelines=(COUNTING.name,))
    batch = a_batch(store, texts(2))
    tend(store)
    do_jobs(store, batch)
    tend(store)

    deliver(store)

    [got] = receiver.got
    told = batch_told(get_batch(store, OWNER, batch))
    assert told["lines"]["succeeded"] == 2
    assert json.loads(got.body) == {
        "type": "batch.finished",
        "timestamp": told["finished_at"],
        "data": {**told, "left_out": [], "url": f"/api/v1/batches/{batch}"},
    }


def test_every_way_a_batch_can_end_is_told(store: Store, receiver: Receiver) -> None:
    a_webhook(store, OWNER, receiver.url, events=(EventName.BATCH_FINISHED,))
    cancelled, unread, reopened = a_batch(store, texts(1)), a_batch(store, []), a_batch(store, texts(1))
    owner.cancel(store, OWNER, cancelled)
    tend(store)
    do_jobs(store, reopened, failing=["fox"])
    tend(store)
    owner.retry(store, OWNER, reopened)

    deliver(store)

    told = {data["id"]: data.get("state") for data in (json.loads(got.body)["data"] for got in receiver.got)}
    assert told == {cancelled: "cancelled", unread: "failed", reopened: None}
