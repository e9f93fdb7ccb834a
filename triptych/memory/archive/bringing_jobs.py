"""Files and jobs of an archive, with what the jobs made."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from pipelines.catalogue import catalogue
from pipelines.chat.reply import REPLY
from pipelines.media.sniff import MediaRefused, sniff
from triptych.chat.tables import conversations
from triptych.files import files
from triptych.jobs.remembering import INDEX_CHILD
from triptych.jobs.tables import job_inputs, jobs, outputs, parts
from triptych.memory.archive.arrival import Arrival
from triptych.memory.archive.format import BadArchive
from triptych.memory.archive.identity import Here, ids_here, is_id, message_id_here
from triptych.memory.archive.records import FileRecord, JobRecord, PartRecord

PLAIN = "text/plain"
MOST_GENERATIONS = 8  # of jobs that asked for one another: ours are three


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
        with arrival.store.blobs.at_hand(file.sha256) as path:
            return sniff(path, file.name, arrival.store.settings.image_pixels)
    except MediaRefused as refused:
        if file.media_type == PLAIN:
            return PLAIN
        raise BadArchive(f"{where}: the file {file.name[:100]!r} is not taken: {refused.message}") from None


def files_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, FileRecord]]) -> None:
    """Write the files that are not there, whose contents were kept before."""
    here = ids_here(connection, files, arrival.owners, [file.id for _, file in page])
    new = [(where, file) for where, file in page if not here[file.id].is_there]
    arrival.count(contents_bytes=sum(file.size_bytes for _, file in new), lines=[where for where, _ in new])
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
        for _, file in new
    ]
    _insert(connection, files, rows)


def keep_outputs(arrival: Arrival, page: Sequence[tuple[str, JobRecord]]) -> None:
    """Keep the contents of what the jobs made that are not there."""
    with arrival.store.database.read() as connection:
        here = ids_here(connection, jobs, arrival.owners, [job.id for _, job in page])
    for where, job in page:
        for output in job.outputs if not here[job.id].is_there else ():
            arrival.keep_output(output.sha256, output.size_bytes, where)


def jobs_in(connection: Connection, arrival: Arrival, page: Sequence[tuple[str, JobRecord]]) -> None:
    """Write the jobs that are not there, with their inputs and outputs."""
    owners = arrival.owners
    parents = [job.parent_id for _, job in page if job.parent_id is not None]
    here = ids_here(connection, jobs, owners, [*(job.id for _, job in page), *parents])
    inputs = ids_here(connection, files, owners, {file_id for _, job in page for file_id in job.inputs})
    new = [(where, job) for where, job in page if not here[job.id].is_there]
    arrival.skipped += len(page) - len(new)
    arrival.new["jobs"] += len(new)
    arrival.count(lines=[where for where, _ in new])
    talks = _conversations(connection, arrival, [job for _, job in new])
    rows = [_row(arrival, job, here, talks) for job in _behind_their_parents([job for _, job in new], here)]
    _insert(connection, jobs, rows)
    _check_families(connection, [row["id"] for row in rows if row["parent_id"] is not None])
    _insert(connection, job_inputs, [row for where, job in new for row in _inputs(where, job, here, inputs)])
    _insert(connection, outputs, [row for _, job in new for row in _outputs(arrival, job, here)])


def _behind_their_parents(new: Sequence[JobRecord], here: Mapping[str, Here]) -> Iterator[JobRecord]:
    """The jobs in their order, each with its parent where that came before it: a tree has no circles.

    One whose parent did not come, since it had not ended, is nobody's child; nor is one whose parent was here before,
    which may be at work by now on what its children are to make.
    """
    before: set[str] = set()
    for job in new:
        has_parent = job.parent_id is not None and (job.parent_id in before or here[job.parent_id].is_new)
        yield job if has_parent else job.model_copy(update={"parent_id": None, "child": None})
        before.add(job.id)


def _check_families(connection: Connection, children: Sequence[str]) -> None:
    """Raise BadArchive for a job that follows one that never ran, whose first end would be refused; and for a chain."""
    parents = jobs.alias()
    followers = select(jobs.c.id).join(parents, parents.c.id == jobs.c.parent_id)
    followers = followers.where(jobs.c.id.in_(children), jobs.c.child == INDEX_CHILD, parents.c.attempt == 0)
    if (found := connection.execute(followers.limit(1)).scalar()) is not None:
        raise BadArchive(f"the job {found} follows one that never ran")
    generation = list(children)
    for _ in range(MOST_GENERATIONS):
        above = select(jobs.c.parent_id).where(jobs.c.id.in_(generation), jobs.c.parent_id.is_not(None)).distinct()
        generation = list(connection.execute(above).scalars())
    if generation:
        raise BadArchive(f"the job {children[0]}, or one beside it, stands below more than {MOST_GENERATIONS} others")


def _row(
    arrival: Arrival, job: JobRecord, here: Mapping[str, Here], talks: Mapping[str, Here]
) -> dict[str, Any]:  # Any: columns
    known = catalogue().get(job.pipeline)
    return {
        **job.model_dump(exclude={"inputs", "outputs"}),
        "id": here[job.id].id,
        "parent_id": here[job.parent_id].id if job.parent_id else None,
        "owner": arrival.owners.staged,
        "params": _params(arrival, job, here, talks),
        "lane": job.lane if known is None else known.lane,
        "remember": job.remember and known is not None and known.makes_memories,
        "worker": "",  # nobody knows who ran it
        "failures": 0,
        "cached": False,
    }


def _params(
    arrival: Arrival, job: JobRecord, here: Mapping[str, Here], talks: Mapping[str, Here]
) -> dict[str, Any]:  # Any: JSON
    """The params, in which the house itself names other rows, with what these are called here."""
    if job.child == INDEX_CHILD and job.parent_id is not None:
        return {"job": here[job.parent_id].id}
    if job.pipeline == REPLY and (talk := talks.get(str(job.params.get("conversation")))) is not None:
        reply = message_id_here(arrival.owners, job.params["conversation"], talk, str(job.params.get("reply")))
        return {**job.params, "conversation": talk.id, "reply": reply}
    return job.params


def _conversations(connection: Connection, arrival: Arrival, new: Sequence[JobRecord]) -> dict[str, Here]:
    """What the conversations are here whose replies the jobs wrote; they come behind the jobs."""
    named = {str(job.params.get("conversation")) for job in new if job.pipeline == REPLY}
    return ids_here(connection, conversations, arrival.owners, [one for one in named if is_id(one)])


def _inputs(where: str, job: JobRecord, here: Mapping[str, Here], inputs: Mapping[str, Here]) -> list[dict[str, Any]]:
    rows = []
    for ordinal, file_id in enumerate(job.inputs):
        if not inputs[file_id].is_there:
            raise BadArchive(f"{where}: there is no file {file_id}")
        rows.append({"job_id": here[job.id].id, "ordinal": ordinal, "file_id": inputs[file_id].id})
    return rows


def _outputs(arrival: Arrival, job: JobRecord, here: Mapping[str, Here]) -> list[dict[str, Any]]:
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
            arrival.count(lines=[where])
            rows.append({**part.model_dump(), "job_id": job.id, "attempt": attempts[job.id]})
    _insert(connection, parts, rows)


def _attempts(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    found = connection.execute(select(jobs.c.id, jobs.c.attempt).where(jobs.c.id.in_(ids)))
    return {row.id: row.attempt for row in found}


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:  # Any: columns
    if rows:
        connection.execute(insert(table), list(rows))
