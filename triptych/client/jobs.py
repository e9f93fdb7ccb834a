"""Jobs: ask for one, look at it, wait for it, watch it, change one's mind, fetch what it made."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from triptych.client import downloads, events
from triptych.client.absence import MAY_PASS, Absence
from triptych.client.downloads import OnGot, unseen
from triptych.client.errors import JobFailed, NoOutput
from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.events import Event
from triptych.client.records.job import Attempt, AttemptList, Changed, Job, JobPage, JobState, Output, Part, PartPage
from triptych.client.sources import OnSent, Source, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/jobs"
LONGEST_WAIT_S = 30.0  # of one request; the API takes 60, and proxies often give up at that
LOOK_S = 1.0  # between two looks at jobs of which none ends
LOOKED_AT = 16  # of many jobs, those that come next
PAGE = 200


class Jobs:
    """The caller's jobs. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport, new_key: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._transport = transport
        self._new_key = new_key

    def create(
        self,
        pipeline: str,
        *,
        text: str | None = None,
        files: Sequence[str] = (),
        sources: Sequence[Source] = (),
        params: Mapping[str, Any] | None = None,  # Any: JSON
        priority: str = "interactive",
        time_limit_s: float | None = None,
        fresh: bool = False,
        remember: bool = True,
        key: str | None = None,
        on_sent: OnSent = unwatched,
    ) -> Job:
        """Ask for a job on ``text``, on stored ``files`` by their ids, or on ``sources`` that go along.

        However often it is sent again, one job is made: it carries ``key`` as its Idempotency-Key, or a new one.
        """
        asked: dict[str, Any] = {
            "pipeline": pipeline,
            "params": dict(params or {}),
            "priority": priority,
            "fresh": fresh,
            "remember": remember,
            **({} if time_limit_s is None else {"time_limit_s": time_limit_s}),
            **({} if text is None else {"text": text}),
        }
        headers = {"Idempotency-Key": key or self._new_key()}
        if not sources:
            ask = Ask("POST", ROOT, json={**asked, "files": list(files)}, headers=headers, repeatable=True)
            return self._transport.tell(Job, ask)
        fields, along = _as_fields(asked), tuple(("file", source) for source in sources)
        ask = Ask("POST", ROOT, fields=fields, files=along, headers=headers, repeatable=True, on_sent=on_sent)
        return self._transport.tell(Job, ask)

    def get(self, job_id: str, *, wait_s: float = 0.0) -> Job:
        """The job as it stands, or, with ``wait_s`` (at most 60), once it has ended or the time is up."""
        return self._transport.tell(Job, Ask("GET", at(ROOT, job_id), query={"wait": wait_s or None}))

    def list(
        self,
        *,
        state: JobState | None = None,
        pipeline: str | None = None,
        parent: str | None = None,
        batch: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[Job]:
        """The jobs, newest first, asked for page by page; those that another asked for by their ``parent`` alone."""
        query = {"state": state, "pipeline": pipeline, "parent": parent, "batch_id": batch, "limit": PAGE}
        query |= between(created_after, created_before)
        return all_of(lambda cursor: self._transport.tell(JobPage, Ask("GET", ROOT, query={**query, "cursor": cursor})))

    def wait(self, job_id: str, *, timeout_s: float | None = None) -> Job:
        """The job once it has ended, however. Raises TimeoutError when it has not after ``timeout_s``.

        An API that is away meanwhile is asked again for ``patience.away_s``.
        """
        absence, clock = Absence(self._transport), self._transport.clock
        end = None if timeout_s is None else clock() + timeout_s
        while True:
            left_s = LONGEST_WAIT_S if end is None else max(0.0, min(LONGEST_WAIT_S, end - clock()))
            try:
                job = self.get(job_id, wait_s=left_s)
                absence.end()
            except MAY_PASS as error:
                absence.endure(error)
                continue
            if job.is_finished:
                return job
            if end is not None and clock() >= end:
                raise TimeoutError(f"the job {job_id} is {job.state} after {timeout_s:g} s")

    def watch_all(self, job_ids: Sequence[str]) -> Iterator[Job]:
        """The jobs as they stand, those that come next again and again, until all have ended: each end is told once.

        Of many the oldest are looked at. An API that is away meanwhile is asked again as by ``wait``.
        """
        absence, left = Absence(self._transport), list(job_ids)
        while left:
            wait_s = LOOK_S
            for job_id in left[:LOOKED_AT]:
                try:
                    job = self.get(job_id, wait_s=wait_s)
                    absence.end()
                except MAY_PASS as error:
                    absence.endure(error)
                    continue
                wait_s = 0.0
                if job.is_finished:
                    left.remove(job_id)
                yield job

    def result(self, job_id: str, *, timeout_s: float | None = None) -> Job:
        """The job once it has succeeded. Raises JobFailed when it does not, and TimeoutError as ``wait``."""
        job = self.wait(job_id, timeout_s=timeout_s)
        if not job.has_succeeded:
            raise JobFailed(job)
        return job

    def watch(self, job_id: str, *, after: str | None = None) -> Iterator[Event]:
        """The job's events from its creation, or behind the event ``after``, to its end; breaks are resumed."""
        return events.follow(self._transport, job_id, after)

    def cancel(self, job_id: str) -> Job:
        """Cancel it, with the jobs that it asked for; doing it twice changes nothing."""
        return self._transport.tell(Job, Ask("POST", at(ROOT, job_id, "cancel"), repeatable=True))

    def retry(self, job_id: str) -> Job:
        """Have a finished job done again: same id, next attempt."""
        return self._transport.tell(Job, Ask("POST", at(ROOT, job_id, "retry")))

    def cancel_all(
        self, *, ids: Sequence[str] = (), states: Sequence[JobState] = (), pipeline: str | None = None
    ) -> int:
        """Cancel all jobs of which everything that is given holds; tells how many were."""
        return self._change_all("cancel", _selection(ids, states, pipeline))

    def retry_all(
        self, *, ids: Sequence[str] = (), states: Sequence[JobState] = (), pipeline: str | None = None
    ) -> int:
        """Have all finished jobs done again of which everything that is given holds; tells how many are."""
        return self._change_all("retry", _selection(ids, states, pipeline))

    def delete(self, job_id: str, *, inputs: bool = False) -> None:
        """Remove a finished job with everything it made, and with ``inputs`` also those that no other job uses."""
        self._transport.send(Ask("DELETE", at(ROOT, job_id), query={"inputs": "true" if inputs else None}))

    def parts(self, job_id: str) -> Iterator[Part]:
        """The parts of the current attempt that are there now, in order."""
        return all_of(
            lambda after: self._transport.tell(
                PartPage, Ask("GET", at(ROOT, job_id, "parts"), query={"after": after, "limit": 1000})
            )
        )

    def attempts(self, job_id: str) -> Sequence[Attempt]:
        """Its history: who ran it, from when to when, and how each run went wrong if it did."""
        return self._transport.tell(AttemptList, Ask("GET", at(ROOT, job_id, "attempts"))).items

    def output(self, job: Job, name: str) -> Output:
        """Its output of this name. Raises NoOutput."""
        for output in job.outputs:
            if output.name == name:
                return output
        raise NoOutput(job, name)

    def download(self, output: Output, path: Path, on_got: OnGot = unseen) -> int:
        """Fetch an output to ``path``, which holds all of it or does not change; tells how many bytes that was."""
        return downloads.fetch_file(self._transport, output.url, path, on_got)

    def copy(self, output: Output, to: BinaryIO, on_got: OnGot = unseen) -> int:
        """Write an output's bytes into ``to`` as they come; tells how many that was."""
        return downloads.fetch(self._transport, output.url, to, on_got)

    def _change_all(self, change: str, selection: Mapping[str, Any]) -> int:
        changed, cursor = 0, None
        while True:
            asked = {**selection, **({"cursor": cursor} if cursor else {})}
            some = self._transport.tell(Changed, Ask("POST", f"{ROOT}/{change}", json=asked))
            changed, cursor = changed + some.jobs, some.next
            if not some.more:
                return changed


def _selection(ids: Sequence[str], states: Sequence[JobState], pipeline: str | None) -> dict[str, Any]:
    given = {"ids": list(ids), "states": list(states), "pipeline": pipeline}
    return {name: value for name, value in given.items() if value}


def _as_fields(asked: Mapping[str, Any]) -> dict[str, str]:  # Any: JSON
    """What JSON would say, as the fields of a form."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()}
