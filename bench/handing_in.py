"""Jobs handed in without the API: no-ops on one stored file, whose bytes nobody reads."""

from bench.noop import NOOP
from pipelines.catalogue import Pipeline
from triptych.database import Database
from triptych.files import File, add_files
from triptych.jobs.submission import Submission

BENCH = "bench"
FILE = File("00000000-0000-7000-9000-000000000000", BENCH, "nothing.txt", "text/plain", 0, "0" * 64, 0.0)


def store_file(database: Database) -> None:
    """Have the file there that every job names."""
    with database.write() as connection:
        add_files(connection, [FILE])


def submission(pipeline: Pipeline = NOOP, owner: str = BENCH, **params: float) -> Submission:
    """A job of ``pipeline``, one of those that do nothing, on that file."""
    return Submission(owner, pipeline, params, [FILE.id])
