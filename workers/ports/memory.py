"""The memory of a job's owner, as its run may ask for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, select

from pipelines.errors import BadInput, EngineUnavailable, TransientFailure
from pipelines.house import Memory, Recollection, Space
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, still_ours
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.memory import keeping
from triptych.memory.keeping import AT_A_TIME, Origin, OtherModel
from triptych.memory.spaces import can_compare, spaces_of, why_not
from triptych.memory.values import SpaceState
from triptych.store import Store
from workers.ports.recalling import recall

TITLE_CHARACTERS = 200

# Held against being done again until what is kept of it is committed.
_RESTS = (
    select(jobs.c.state)
    .where(jobs.c.id == bindparam("job"), jobs.c.owner == bindparam("the_owner"))
    .with_for_update(read=True)
)


@dataclass(slots=True)
class MemoryOfOwner:
    """See ``MemoryPort``. What it writes is the run's: it raises LeaseLost when that is no longer the job's."""

    store: Store
    claimed: Claim
    _origins: dict[str, Mapping[int | None, Origin]] = field(default_factory=dict)

    def recall(self, question: str, count: int, only: Mapping[str, Any] | None = None) -> Recollection:
        """The memories that fit ``question`` best; see ``MemoryPort``."""
        return recall(self.store, self._owner, question, count, only or {})

    def spaces(self) -> Sequence[Space]:
        """Where new memories are to have vectors; see ``MemoryPort``."""
        with self.store.database.read() as connection:
            if not can_compare(connection):
                raise EngineUnavailable(why_not(connection))
            return [stored.space for stored in spaces_of(connection, SpaceState.ACTIVE, SpaceState.BUILDING)]

    def keep(self, job_id: str, memories: Iterable[Memory]) -> Sequence[str]:
        """Remember these of the job that this one follows; see ``MemoryPort``."""
        origins, warnings = self._origins_of(job_id), dict[str, None]()
        for page in _pages(memories):
            with self.store.database.write() as connection:
                state = connection.execute(_RESTS, {"job": job_id, "the_owner": self._owner}).scalar()
                if state != JobState.SUCCEEDED:
                    raise _gone(job_id)
                still_ours(connection, self.claimed)
                attempt, now = self.claimed.row.attempt, self.store.clock()
                try:
                    left = keeping.keep(connection, self._owner, job_id, attempt, origins, page, now)
                except OtherModel as error:
                    raise TransientFailure(f"{error}: they are made anew", code="other_model") from error
            warnings |= dict.fromkeys(left)
        return tuple(warnings)

    def settle(self, job_id: str) -> None:
        """Forget what an earlier run kept of the job; see ``MemoryPort``."""
        with self.store.database.write() as connection:
            still_ours(connection, self.claimed)
            keeping.settle(connection, job_id, self.claimed.row.attempt)

    @property
    def _owner(self) -> str:
        return self.claimed.job.owner

    def _origins_of(self, job_id: str) -> Mapping[int | None, Origin]:
        """Where its memories come from. Raises BadInput where this run's job does not follow it, or it is gone."""
        if job_id not in self._origins:
            if self.claimed.row.parent_id != job_id:
                raise BadInput(f"this job does not follow {job_id}: memories are kept by the house alone")
            try:
                self._origins[job_id] = _origins(get_job(self.store, self._owner, job_id))
            except UnknownJob:
                raise _gone(job_id) from None
        return self._origins[job_id]


def _origins(job: Job) -> Mapping[int | None, Origin]:
    files: dict[int | None, Origin] = {
        number: Origin(file.name, file.media_type, file.created_at, file_id=file.id)
        for number, file in enumerate(job.inputs)
    }
    return {**files, None: Origin(_title(job), "text/plain", job.created_at, job_id=job.id)}


def _title(job: Job) -> str:
    """What a job is called that wrote something itself: what was asked, else what it worked on."""
    asked = str(job.params.get("question") or "").strip()
    named = ", ".join(file.name for file in job.inputs)
    return (asked or named or job.pipeline)[:TITLE_CHARACTERS]


def _pages(memories: Iterable[Memory]) -> Iterator[list[Memory]]:
    remaining = iter(memories)
    while page := list(islice(remaining, AT_A_TIME)):
        yield page


def _gone(job_id: str) -> BadInput:
    return BadInput(f"the job {job_id} is gone, or is being done again", code="gone")
