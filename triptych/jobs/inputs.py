"""The files that jobs work on, in order. The statements are built once: one of them runs with every job and request."""

from collections.abc import Iterable, Sequence

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
_OF_SEVERAL = _INPUTS.where(job_inputs.c.job_id.in_(bindparam("jobs", expanding=True))).add_columns(job_inputs.c.job_id)
_WITH_CONTENT_OF_ONE = (
    _OF_ONE.outerjoin(contents, contents.c.file_id == files.c.id)
    .add_columns(job_inputs.c.job_id)
    .add_columns(contents.c.content)
)
_WITH_CONTENT = _OF_SEVERAL.outerjoin(contents, contents.c.file_id == files.c.id).add_columns(contents.c.content)


def inputs_of(connection: Connection, job_id: str) -> tuple[File, ...]:
    """The inputs of one job."""
    return tuple(File(*columns) for columns in connection.execute(_OF_ONE, {"job": job_id}))


def inputs_by_job(connection: Connection, job_ids: Sequence[str]) -> dict[str, tuple[File, ...]]:
    """The inputs of several jobs, by id; a job without any is not there."""
    rows = connection.execute(_OF_SEVERAL, {"jobs": list(job_ids)})
    return _by_job((job_id, File(*columns)) for *columns, job_id in rows)


def inputs_with_content(
    connection: Connection, job_ids: Sequence[str]
) -> tuple[dict[str, tuple[File, ...]], dict[str, bytes]]:
    """The inputs of several jobs, by id, and by file id the bytes of those that are in no blob."""
    if len(job_ids) == 1:  # as most are; an IN would be expanded anew
        rows = connection.execute(_WITH_CONTENT_OF_ONE, {"job": job_ids[0]})
    else:
        rows = connection.execute(_WITH_CONTENT, {"jobs": list(job_ids)})
    found = [(job_id, File(*columns), content) for *columns, job_id, content in rows]
    content = {file.id: content for _, file, content in found if content is not None}
    return _by_job((job_id, file) for job_id, file, _ in found), content


def _by_job(found: Iterable[tuple[str, File]]) -> dict[str, tuple[File, ...]]:
    inputs: dict[str, list[File]] = {}
    for job_id, file in found:
        inputs.setdefault(job_id, []).append(file)
    return {job_id: tuple(files) for job_id, files in inputs.items()}
