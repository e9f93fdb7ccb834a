"""Files and jobs of an archive, with what the jobs made."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from pipelines.media.sniff import MediaRefused, sniff
from triptych.files import files
from triptych.jobs.tables import job_inputs, jobs, outputs, parts
from triptych.memory.archive.arrival import Arrival
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.identity import Here, ids_here
from triptych.memory.archive.records import FileRecord, JobRecord, PartRecord

PLAIN = "text/plain"


def keep_files(arrival: Arrival, page: Sequence[tuple[str, FileRecord]]) -> None:
    """Keep the contents of the files that are not there, and look at each as at any that is uploaded."""
    with arrival.store.database.read() as connection:
        here = ids_here(connection, files, arrival.owners, [file.id for _, file in page])
    new = [(where, file) for where, file in page if not here[file.id].is_there]
    arrival.media_types = {file.id: _media_type(arrival, file, where) for where, file in new}


def _media_type(arrival: Arrival, file: FileRecord, where: str) -> str:
    """What its content is, whatever the archive says; a text is one that was pasted, with any name and any words."""
    if not arrival.keep_content(file.sha256, file.size_bytes, where):
        return file.media_type
    try:
        return sniff(arrival.store.blobs.path(file.sha256), file.name, arrival.store.settings.image_pixels)
    except MediaRefused as refused:
        if file.media_type == PLAIN:
            return PLAIN
        raise BadArchive(f"{where}: the file {file.name[:100]!r} is not taken: {refused.message}") from None


def files_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, FileRecord]]) -> None:
    """Write the files that are not there, whose contents were kept before."""
    here = ids_here(connection, files, arrival.owners, [file.id for _, file in page])
    new = [file for _, file in page if not here[file.id].is_there]
    arrival.skipped += len(page) - len(new)
    arrival.new["files"] += len(new)
    rows = [
        {
            **file.model_dump(),
            "id": here[file.id].id,
            "owner": arrival.owners.staged,
            "media_type": arrival.media_types[file.id],
            "sha256": arrival.hash_of(file.sha256),
        }
        for file in new
    ]
    _insert(connection, files, rows)


def keep_outputs(arrival: Arrival, page: Sequence[tuple[str, JobRecord]]) -> None:
    """Keep the contents of what the jobs made that are not there."""
    with arrival.store.database.read() as connection:
        here = ids_here(connection, jobs, arrival.owners, [job.id for _, job in page])
    for where, job in page:
        for output in job.outputs if not here[job.id].is_there else ():
            arrival.keep_content(output.sha256, output.size_bytes, where)


def jobs_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, JobRecord]]) -> None:
    """Write the jobs that are not there, with their inputs and outputs."""
    owners = arrival.owners
    parents = [job.parent_id for _, job in page if job.parent_id is not None]
    here = ids_here(connection, jobs, owners, [*(job.id for _, job in page), *parents])
    inputs = ids_here(connection, files, owners, {file_id for _, job in page for file_id in job.inputs})
    new = [(where, job) for where, job in page if not here[job.id].is_there]
    arrival.skipped += len(page) - len(new)
    arrival.new["jobs"] += len(new)
    _insert(connection, jobs, [_row(job, here, owners.staged) for _, job in _behind_their_parents(new, here)])
    _insert(connection, job_inputs, [row for where, job in new for row in _inputs(where, job, here, inputs)])
    _insert(connection, outputs, [row for _, job in new for row in _outputs(arrival, job, here)])


def _behind_their_parents(
    new: Sequence[tuple[str, JobRecord]], here: dict[str, Here]
) -> Iterator[tuple[str, JobRecord]]:
    """The jobs in their order, each with its parent where that stands before it or is there: a tree has no circles.

    One whose parent did not come, since it had not ended, is nobody's child.
    """
    before: set[str] = set()
    for where, job in new:
        has_parent = job.parent_id is not None and (job.parent_id in before or here[job.parent_id].is_there)
        yield where, job if has_parent else job.model_copy(update={"parent_id": None, "child": None})
        before.add(job.id)


def _row(job: JobRecord, here: dict[str, Here], staged: str) -> dict[str, Any]:  # Any: columns
    return {
        **job.model_dump(exclude={"inputs", "outputs"}),
        "id": here[job.id].id,
        "parent_id": here[job.parent_id].id if job.parent_id else None,
        "owner": staged,
        "failures": 0,
        "cached": False,
    }


def _inputs(where: str, job: JobRecord, here: dict[str, Here], inputs: dict[str, Here]) -> list[dict[str, Any]]:
    rows = []
    for ordinal, file_id in enumerate(job.inputs):
        if not inputs[file_id].is_there:
            raise BadArchive(f"{where}: there is no file {file_id}")
        rows.append({"job_id": here[job.id].id, "ordinal": ordinal, "file_id": inputs[file_id].id})
    return rows


def _outputs(arrival: Arrival, job: JobRecord, here: dict[str, Here]) -> list[dict[str, Any]]:
    its = {"job_id": here[job.id].id, "attempt": job.attempt}
    return [
        {**output.model_dump(), "sha256": arrival.hash_of(output.sha256), **its, "ordinal": ordinal}
        for ordinal, output in enumerate(job.outputs)
    ]


def parts_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, PartRecord]]) -> None:
    """Write the parts of the jobs that came with this archive."""
    here = ids_here(connection, jobs, arrival.owners, {part.job_id for _, part in page})
    attempts = _attempts(connection, [one.id for one in here.values() if one.is_new])
    rows = []
    for where, part in page:
        job = here[part.job_id]
        if not job.is_there:
            raise BadArchive(f"{where}: there is no job {part.job_id}")
        if job.is_new:
            rows.append({**part.model_dump(), "job_id": job.id, "attempt": attempts[job.id]})
    _insert(connection, parts, rows)


def _attempts(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    found = connection.execute(select(jobs.c.id, jobs.c.attempt).where(jobs.c.id.in_(ids)))
    return {row.id: row.attempt for row in found}


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:  # Any: columns
    if rows:
        connection.execute(insert(table), list(rows))
