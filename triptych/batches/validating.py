"""Reading a manifest, page by page: each line is checked and gets its row; a process that dies loses a page at most."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from triptych.batches.checking import Checked, check_lines, parse_line
from triptych.batches.creating import WAITS_S
from triptych.batches.manifest import BadManifest, Manifest, ManifestForm, Place
from triptych.batches.states import BatchState, Kind, Step
from triptych.batches.tables import batch_lines, batches
from triptych.batches.unpacking import BadZip, keep_page, unpack_page
from triptych.jobs.quotas import QuotaExceeded
from triptych.store import Store

PAGE_LINES = 500
PAGE_BYTES = 8 * 1024 * 1024


def read_page(store: Store, batch_id: str) -> bool:
    """Read the next page of the batch's manifest, if nobody else does; whether it did.

    Behind the last one the batch runs, or waits for its owner where that is a dry run or a line cannot be done.
    """
    row = _claim(store, batch_id)
    if row is None:
        return False
    if row.unpacked is not None:
        _unpack(store, row)
        return True
    try:
        lines, place, is_last = _page(store, row)
    except (BadManifest, FileNotFoundError) as error:
        message = str(error) if isinstance(error, BadManifest) else "the manifest is gone"
        _fail(store, row, "bad_manifest", message)
        return True
    if row.total + len(lines) > store.settings.batch_lines:
        _fail(store, row, "too_many_lines", f"the manifest has more than {store.settings.batch_lines:,} lines")
        return True
    if is_last and not row.total and not lines:
        _fail(store, row, "empty_manifest", "the manifest has no lines")
        return True
    with store.database.write() as connection:
        if _is_still(connection, row):
            _keep(connection, store, row, lines, place, is_last=is_last)
    return True


def _unpack(store: Store, row: Row[Any]) -> None:
    """Take out the next members of the batch's archive, whose lines are read when all of them are there."""
    try:
        page = unpack_page(store, row)
        with store.database.write() as connection:
            if _is_still(connection, row):
                keep_page(connection, store, row, page)
    except BadZip as error:
        _fail(store, row, "bad_archive", str(error))
    except QuotaExceeded as error:
        _fail(store, row, "quota_exceeded", str(error))


def _fail(store: Store, row: Row[Any], code: str, message: str) -> None:
    """The batch cannot be read."""
    values = {"state": BatchState.FAILED, "error": {"code": code, "message": message}, "finished_at": store.clock()}
    with store.database.write() as connection:
        if _is_still(connection, row):
            connection.execute(update(batches).where(batches.c.id == row.id).values(lease_until=None, **values))


def _claim(store: Store, batch_id: str) -> Row[Any] | None:
    """The batch's row, where no other process reads a page of it; one that died has its lease for a while."""
    now = store.clock()
    claim = (
        update(batches)
        .where(
            batches.c.id == batch_id,
            batches.c.state == BatchState.VALIDATING,
            batches.c.chore.is_(None),
            or_(batches.c.lease_until.is_(None), batches.c.lease_until < now),
        )
        .values(lease_until=now + store.settings.lease_s)
    )
    with store.database.write() as connection:
        return connection.execute(claim.returning(*batches.c)).one_or_none()


def _page(store: Store, row: Row[Any]) -> tuple[list[Checked], Place, bool]:
    """The next lines, checked; where they end; and whether there are no more. Raises BadManifest."""
    with store.blobs.opened(row.manifest_sha256) as file:
        manifest = Manifest(file, ManifestForm(row.manifest_form), store.settings.json_bytes)
        parsed, size_bytes, is_last = list[Checked](), 0, True
        for record in manifest.records(Place(row.read_bytes, row.read_lines)):
            parsed.append(parse_line(row, manifest, record))
            size_bytes += record.size_bytes
            if len(parsed) >= PAGE_LINES or size_bytes >= PAGE_BYTES:
                is_last = False
                break
        place = manifest.place
    with store.database.read() as connection:
        return check_lines(store, connection, row, parsed), place, is_last


def _is_still(connection: Connection, row: Row[Any]) -> bool:
    """Whether nobody has read on, or asked for anything else, since the claim; the batch's row is then locked."""
    held = select(batches.c.id).where(
        batches.c.id == row.id,
        batches.c.state == BatchState.VALIDATING,
        batches.c.chore.is_(None),
        batches.c.read_bytes == row.read_bytes,
        batches.c.unpacked.is_(None) if row.unpacked is None else batches.c.unpacked == row.unpacked,
    )
    return connection.execute(held.with_for_update()).first() is not None


def _keep(
    connection: Connection, store: Store, row: Row[Any], lines: Sequence[Checked], place: Place, *, is_last: bool
) -> None:
    if lines:
        connection.execute(insert(batch_lines), [_line(row.id, line) for line in lines])
    valid = [line for line in lines if line.error is None]
    pipelines = Counter(row.pipelines) + Counter(line.asked.pipeline.name for line in valid if line.asked)
    invalid = row.invalid + len(lines) - len(valid)
    values = {
        "read_bytes": place.offset,
        "read_lines": place.lines,
        "total": row.total + len(lines),
        "waiting": row.waiting + len(valid),
        "invalid": invalid,
        "size_bytes": row.size_bytes + sum(line.size_bytes for line in valid),
        "pipelines": dict(pipelines),
        "lease_until": None,
    }
    if is_last:
        values |= _after_all(row, invalid, store.clock())
    connection.execute(update(batches).where(batches.c.id == row.id).values(**values))


def _after_all(row: Row[Any], invalid: int, now: float) -> dict[str, Any]:  # Any: columns
    """One of OpenAI's kind runs what can be done of it: its client cannot be asked, and reads the rest as errors."""
    if row.kind == Kind.OPENAI or (not invalid and not row.is_dry_run):
        return {"state": BatchState.RUNNING, "started_at": now}
    return {"state": BatchState.VALIDATED, "expires_at": row.expires_at or now + WAITS_S}


def _line(batch_id: str, line: Checked) -> dict[str, Any]:  # Any: columns
    return {
        "batch_id": batch_id,
        "number": line.record.number,
        "step": Step.WAITING if line.error is None else Step.INVALID,
        "offset": line.record.offset,
        "size_bytes": line.record.size_bytes,
        "custom_id": line.custom_id,
        "error": line.error.told if line.error else None,
        "brings": line.brings and line.error is None,
    }
