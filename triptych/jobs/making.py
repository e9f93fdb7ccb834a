"""What a run makes while it runs: progress, parts, outputs, and checkpoints that outlive it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from pipelines.checkpoint import Saved
from pipelines.contract import Lane, Output, Part, PartKind
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.job import StoredOutput
from triptych.jobs.leases import Claim, still_ours
from triptych.jobs.pauses import is_probe, resume
from triptych.jobs.tables import checkpoints, outputs, parts
from triptych.rings import Ring
from triptych.store import Store

_INSERT_PART = insert(parts)
_INSERT_OUTPUT = insert(outputs)
_CHECKPOINT = select(checkpoints).where(checkpoints.c.job_id == bindparam("job"))
_ITS_PARTS = (
    select(parts.c.kind, parts.c.body)
    .where(
        parts.c.job_id == bindparam("job"),
        parts.c.attempt == bindparam("the_attempt"),
        parts.c.seq <= bindparam("last"),
    )
    .order_by(parts.c.seq)
)


def record_progress(store: Store, claimed: Claim, fraction: float | None, note: str) -> None:
    """Store how far the run is and tell it. Raises LeaseLost."""
    with store.database.write() as connection:
        still_ours(connection, claimed, fraction=fraction, note=note)
    store.wire.send(events=[news.progressed(claimed.row, store.clock(), fraction, note)])


def show_partial(store: Store, claimed: Claim, part: Part) -> None:
    """Tell what may become the next part. It is stored nowhere: whoever comes later sees the next one."""
    store.wire.send(events=[news.shown(claimed.row, store.clock(), part)])


def keep_part(store: Store, claimed: Claim, seq: int, part: Part) -> None:
    """Store a part and tell it. The first part of a run that tries if a server is back says that it is.

    Raises LeaseLost.
    """
    of_run = {"job_id": claimed.job.id, "attempt": claimed.row.attempt}
    rings: list[Ring] = []
    with store.database.write() as connection:
        still_ours(connection, claimed)
        connection.execute(_INSERT_PART, {**of_run, "seq": seq, "kind": part.kind, "body": dict(part.body)})
        if seq == 1 and is_probe(claimed.row):
            resume(connection, claimed.row)
            rings = admit(connection, store, Lane(claimed.row.lane), store.clock())
    store.wire.send(rings, [news.part_made(claimed.row, store.clock(), seq, part)])


def keep_output(store: Store, claimed: Claim, ordinal: int, output: Output) -> None:
    """Store an output's bytes and row and tell it. Raises LeaseLost, and blobs.NoDisk."""
    blob = store.blobs.keep_file(output.path)
    stored = StoredOutput(output.name, output.media_type, blob.size_bytes, blob.sha256)
    of_run = {"job_id": claimed.job.id, "attempt": claimed.row.attempt}
    with store.database.write() as connection:
        still_ours(connection, claimed)
        connection.execute(_INSERT_OUTPUT, {**of_run, "ordinal": ordinal, **asdict(stored)})
    store.wire.send(events=[news.output_kept(claimed.row, store.clock(), stored)])


def drop_outputs(store: Store, claimed: Claim, names: Sequence[str]) -> None:
    """Take outputs of this run back; their bytes are collected as garbage. Raises LeaseLost."""
    of_run = (outputs.c.job_id == claimed.job.id, outputs.c.attempt == claimed.row.attempt)
    with store.database.write() as connection:
        still_ours(connection, claimed)
        connection.execute(delete(outputs).where(*of_run, outputs.c.name.in_(names)))


def save_checkpoint(store: Store, claimed: Claim, state: Mapping[str, Any], made: int) -> None:  # Any: JSON
    """Keep ``state`` and the first ``made`` parts of this run for a run that comes after it. Raises LeaseLost."""
    saved = {"job_id": claimed.job.id, "attempt": claimed.row.attempt, "parts": made, "state": dict(state)}
    with store.database.write() as connection:
        still_ours(connection, claimed)
        connection.execute(delete(checkpoints).where(checkpoints.c.job_id == claimed.job.id))
        connection.execute(insert(checkpoints), saved)


def load_checkpoint(store: Store, claimed: Claim) -> Saved | None:
    """What an earlier run of the job saved last, None when none did."""
    with store.database.read() as connection:
        found = connection.execute(_CHECKPOINT, {"job": claimed.job.id}).one_or_none()
        if found is None:
            return None
        where = {"job": claimed.job.id, "the_attempt": found.attempt, "last": found.parts}
        kept = [Part(PartKind(row.kind), row.body) for row in connection.execute(_ITS_PARTS, where)]
    return Saved(found.state, kept)
