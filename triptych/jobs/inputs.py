"""The files that jobs work on, in order. The statements are built once: one of them runs with every job and request."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from triptych.files import File, contents, files
from triptych.jobs.tables import job_inputs

_INPUTS = (
    select(*files.c)
    .select_from(job_inputs)
    .join(files, job_inputs.c.file_id == files.c.id)
    .order_by(job_inputs.c.job_id, job_inputs.c.ordinal)
)
_OF_ONE = _INPUTS.where(job_inputs.c.job_id == bindparam("job"))
_WITH_CONTENT = _OF_ONE.outerjoin(contents, contents.c.file_id == files.c.id).add_columns(contents.c.content)
_OF_SEVERAL = _INPUTS.where(job_inputs.c.job_id.in_(bindparam("jobs", expanding=True))).add_columns(job_inputs.c.job_id)


def inputs_of(connection: Connection, job_id: str) -> tuple[File, ...]:
    """The inputs of one job."""
    return tuple(File(*columns) for columns in connection.execute(_OF_ONE, {"job": job_id}))


def inputs_with_content(connection: Connection, job_id: str) -> tuple[tuple[File, ...], dict[str, bytes]]:
    """The inputs of one job, and by id the bytes of those that are in no blob."""
    rows = [(File(*columns), content) for *columns, content in connection.execute(_WITH_CONTENT, {"job": job_id})]
    return tuple(file for file, _ in rows), {file.id: content for file, content in rows if content is not None}


def inputs_by_job(connection: Connection, job_ids: Sequence[str]) -> dict[str, tuple[File, ...]]:
    """The inputs of several jobs, by id; a job without any is not there."""
    found: dict[str, list[File]] = {}
    for *columns, job_id in connection.execute(_OF_SEVERAL, {"jobs": list(job_ids)}):
        found.setdefault(job_id, []).append(File(*columns))
    return {job_id: tuple(inputs) for job_id, inputs in found.items()}
