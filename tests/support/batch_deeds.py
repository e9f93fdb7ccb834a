"""What a batch's owner, its chore and workers do to it by chance, one deed after another or several at once."""

from collections.abc import Callable
from random import Random

from support.batching import jobs_of
from support.work import OWNER, fail, succeed
from triptych.batches import owner as owners
from triptych.batches.batch import WrongState
from triptych.batches.tending import Told, attend, attended
from triptych.jobs import owner as jobs_owner
from triptych.jobs.leases import Holder, LeaseLost, claim
from triptych.jobs.selection import Selection
from triptych.jobs.states import JobState
from triptych.store import Store

Deed = Callable[[Store, str, Random], object]


def go_on(store: Store, batch_id: str, choice: Random) -> None:
    """Have the chore take every batch a page further."""
    for row in attended(store):
        attend(store, row, Told())


def end_one(store: Store, batch_id: str, choice: Random) -> None:
    """Do a job of the batch, which may fail."""
    queued = jobs_of(store, batch_id, JobState.QUEUED)
    if queued and (claimed := claim(store, choice.choice(queued).id, Holder("worker-1"))) is not None:
        choice.choice([fail, succeed])(store, claimed)


def begin_one(store: Store, batch_id: str, choice: Random) -> None:
    """Begin a job of the batch, which runs from then on."""
    if queued := jobs_of(store, batch_id, JobState.QUEUED):
        claim(store, choice.choice(queued).id, Holder("worker-1"))


def change_one(store: Store, batch_id: str, choice: Random) -> None:
    """Cancel, retry or delete a job of the batch."""
    if found := jobs_of(store, batch_id):
        does = choice.choice([jobs_owner.cancel, jobs_owner.retry, jobs_owner.delete_job])
        does(store, OWNER, choice.choice(found).id)


def change_some(store: Store, batch_id: str, choice: Random) -> None:
    """Cancel or retry several jobs of the batch."""
    if found := jobs_of(store, batch_id):
        does = choice.choice([jobs_owner.cancel_many, jobs_owner.retry_many, jobs_owner.retry_many])
        does(store, OWNER, Selection(ids=[job.id for job in choice.sample(found, min(len(found), 5))]))


def change_all(store: Store, batch_id: str, choice: Random) -> None:
    """Pause the batch, resume it, or have what failed done again."""
    does = choice.choice([owners.pause, owners.resume, owners.retry, owners.retry, owners.start])
    does(store, OWNER, batch_id)


def cancel(store: Store, batch_id: str, choice: Random) -> None:
    """Cancel the batch, now and then."""
    if not choice.randrange(5):
        owners.cancel(store, OWNER, batch_id)


DEEDS: list[Deed] = [go_on, go_on, end_one, end_one, begin_one, change_one, change_some, change_all, cancel]
REFUSED = (WrongState, LeaseLost, jobs_owner.JobFinished, jobs_owner.JobNotFinished, jobs_owner.UnknownJob)
