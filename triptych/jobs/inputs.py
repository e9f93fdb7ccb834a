"""The files that jobs work on, in order. The statements are built once: one of them runs with every job and request."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from triptych.files import File, contents, files
from triptych.jobs.tables import job_inputs

_OF_JOBS = (
    select(job_inputs.c.job_id, *files.c)
    .join(files, job_inputs.c.file_id == files.c.id)
    .order_by(job_inputs.c.job_id, job_inputs.c.ordinal)
)
_OF_ONE = _OF_JOBS.where(job_inputs.c.job_id == bindparam("job"))
_OF_SEVERAL = _OF_JOBS.where(job_inputs.c.job_id.in_(bindparam("jobs", expanding=True)))
_WITH_CONTENT = (
    select(contents.c.content, *files.c)
    .select_from(job_inputs)
    .join(files, job_inputs.c.file_id == files.c.id)
    .outerjoin(contents, contents.c.file_id == files.c.id)
    .where(job_inputs.c.job_id == bindparam("job"))
    .order_by(job_inputs.c.ordinal)
)


def inputs_with_content(connection: Connection, job_id: str) -> tuple[tuple[File, ...], dict[str, bytes]]:
    """The inputs of one job, and by id the bytes of those that are in no blob."""
    rows = [(content, File(*columns)) for content, *columns in connection.execute(_WITH_CONTENT, {"job": job_id})]
    return tuple(file for _, file in rows), {file.id: content for content, file in rows if content is not None}


def inputs_of(connection: Connection, job_id: str) -> tuple[File, ...]:
    """The inputs of one job."""
    return tuple(File(*columns) for _job_id, *columns in connection.execute(_OF_ONE, {"job": job_id}))


def inputs_by_job(connection: Connection, job_ids: Sequence[str]) -> dict[str, tuple[File, ...]]:
    """The inputs of several jobs, by id; a job without any is not there."""
    found: dict[str, list[File]] = {}
    for job_id, *columns in connection.execute(_OF_SEVERAL, {"jobs": list(job_ids)}):
        found.setdefault(job_id, []).append(File(*columns))
    return {job_id: tuple(inputs) for job_id, inputs in found.items()}
