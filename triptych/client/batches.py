"""Batches: very many jobs at once, checked line by line, watched, held back, and what came of them."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from triptych.client import downloads
from triptych.client.absence import MAY_PASS, Absence
from triptych.client.errors import Unusable
from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.batch import Batch, BatchLine, BatchLinePage, BatchPage, BatchState
from triptych.client.sources import OnSent, Source, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/batches"
LOOK_S = 1.0  # between two looks at a batch


class Batches:
    """The caller's batches. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport, new_key: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._transport = transport
        self._new_key = new_key

    def create(
        self,
        *,
        manifest: Source | str | None = None,
        archive: Source | str | None = None,
        sources: Sequence[Source] = (),
        files: Sequence[str] = (),
        name: str = "",
        pipeline: str | None = None,
        params: Mapping[str, Any] | None = None,  # Any: JSON
        remember: bool = True,
        dry_run: bool = False,
        on_sent: OnSent = unwatched,
    ) -> Batch:
        """Ask for a batch of a ``manifest``, or of a line for each file, or of lines that name files by ``path``.

        What is stored is named by its id: ``files``, or a manifest, an ``archive`` (a zip), or both. Or all of it goes
        along: a manifest, an archive, ``sources``. However often it is sent again, one batch is made.
        """
        asked: dict[str, Any] = {
            "name": name,
            "params": dict(params or {}),
            "remember": remember,
            "dry_run": dry_run,
            **({} if pipeline is None else {"pipeline": pipeline}),
        }
        headers = {"Idempotency-Key": self._new_key()}
        stored = {"files": list(files), "manifest": manifest, "archive": archive}
        if named := {one: value for one, value in stored.items() if value and not isinstance(value, Source)}:
            if sources or isinstance(manifest, Source) or isinstance(archive, Source):
                raise Unusable("a batch is of what is stored, or of what goes along: bring the rest as files first")
            ask = Ask("POST", ROOT, json={**asked, **named}, headers=headers, repeatable=True)
            return self._transport.tell(Batch, ask)
        fields = {one: value if isinstance(value, str) else json.dumps(value) for one, value in asked.items()}
        whole = (("manifest", manifest), ("archive", archive))
        came = [*((field, one) for field, one in whole if isinstance(one, Source)), *(("file", one) for one in sources)]
        ask = Ask("POST", ROOT, fields=fields, files=tuple(came), headers=headers, repeatable=True, on_sent=on_sent)
        return self._transport.tell(Batch, ask)

    def get(self, batch_id: str) -> Batch:
        """The batch as it stands."""
        return self._transport.tell(Batch, Ask("GET", at(ROOT, batch_id)))

    def list(
        self,
        *,
        state: BatchState | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[Batch]:
        """The batches, newest first, asked for page by page."""
        query = {"state": state, **between(created_after, created_before)}
        return all_of(
            lambda cursor: self._transport.tell(BatchPage, Ask("GET", ROOT, query={**query, "cursor": cursor}))
        )

    def lines(self, batch_id: str, *, state: str | None = None) -> Iterator[BatchLine]:
        """The lines in order, all of them or those in one state."""
        query = {"state": state, "limit": 1000}
        return all_of(
            lambda cursor: self._transport.tell(
                BatchLinePage, Ask("GET", at(ROOT, batch_id, "lines"), query={**query, "cursor": cursor})
            )
        )

    def watch(self, batch_id: str) -> Iterator[Batch]:
        """The batch as it stands, every second, until it goes on no more: it has ended, or waits for its owner.

        An API that is away meanwhile is asked again for ``patience.away_s``.
        """
        absence = Absence(self._transport)
        while True:
            try:
                batch = self.get(batch_id)
                absence.end()
            except MAY_PASS as error:
                absence.endure(error)
                continue
            yield batch
            if not batch.goes_on:
                return
            self._transport.pause(LOOK_S)

    def start(self, batch_id: str) -> Batch:
        """Run the valid lines of a batch that waits for this: a dry run, or one with lines that cannot be done."""
        return self._change(batch_id, "start")

    def pause(self, batch_id: str) -> Batch:
        """Let no further job begin; those that run come to their end."""
        return self._change(batch_id, "pause")

    def resume(self, batch_id: str) -> Batch:
        """Go on with a paused batch."""
        return self._change(batch_id, "resume")

    def cancel(self, batch_id: str) -> Batch:
        """Cancel what has not ended; doing it twice changes nothing."""
        return self._change(batch_id, "cancel")

    def retry(self, batch_id: str) -> Batch:
        """Have the lines done again whose jobs failed, and no others."""
        return self._change(batch_id, "retry")

    def delete(self, batch_id: str) -> None:
        """Remove a batch that does not go on, with its jobs, what they made and the files that came with it."""
        self._transport.send(Ask("DELETE", at(ROOT, batch_id)))

    def download(self, batch_id: str, path: Path, *, form: str = "jsonl", only: str | None = None) -> int:
        """Fetch the results to ``path`` as for ``copy``; it holds all of them or does not change."""
        return downloads.fetch_file(self._transport, _results(batch_id, form, only), path)

    def copy(self, batch_id: str, to: BinaryIO, *, form: str = "jsonl", only: str | None = None) -> int:
        """Write the results into ``to`` as they come, in the order of the lines; tells how many bytes that was.

        ``form`` is ``jsonl`` or ``zip``, which has the outputs too; ``only`` is ``succeeded`` or ``errors``.
        """
        return downloads.fetch(self._transport, _results(batch_id, form, only), to)

    def _change(self, batch_id: str, change: str) -> Batch:
        return self._transport.tell(Batch, Ask("POST", at(ROOT, batch_id, change)))


def _results(batch_id: str, form: str, only: str | None) -> str:
    return f"{at(ROOT, batch_id, 'results')}?format={form}{f'&only={only}' if only else ''}"
