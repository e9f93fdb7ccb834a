"""Memories for tests: sources, vectors of a few dimensions whose angles one sees, and what a search found."""

from collections.abc import Sequence
from math import hypot
from struct import pack

from pipelines.house import Memory, MemoryKind, Modality, Space, SpaceKind, Vector
from support.work import OWNER, a_claim, a_file, a_job, succeed
from triptych.files import File, add_files
from triptych.jobs.job import Job
from triptych.memory.keeping import Origin, keep
from triptych.memory.search import search
from triptych.memory.values import Filter, Found, Question
from triptych.store import Store

MEANING = Space(SpaceKind.TEXT, "compass", 3)
PICTURES = Space(SpaceKind.PICTURE, "painter", 3, is_joint=True)


def vector(*values: float, space: Space = MEANING) -> Vector:
    """The vector that points that way."""
    length = hypot(*values)
    return Vector(space, pack(f"<{len(values)}f", *(value / length for value in values)))


def passage(text: str, at: int = 0, *vectors: Vector, language: str = "en") -> Memory:
    """A passage of the first source, beginning at the character ``at``."""
    place = {"start": at, "end": at + len(text)}
    return Memory(MemoryKind.PASSAGE, Modality.TEXT, text, place, float(at), language, vectors=vectors)


def a_finished_job(store: Store, owner: str = OWNER, files: Sequence[File] = ()) -> Job:
    """A job of these files that is done."""
    job = a_job(store, owner, inputs=files)
    succeed(store, a_claim(store, job))
    return job


def a_kept_file(store: Store, owner: str = OWNER) -> File:
    """A file with its row."""
    file = a_file(store, owner=owner)
    with store.database.write() as connection:
        add_files(connection, [file])
    return file


def origin_of(file: File) -> Origin:
    """A file as what memories come of."""
    return Origin(file.name, file.media_type, file.created_at, file_id=file.id)


def remember(
    store: Store,
    *memories: Memory,
    owner: str = OWNER,
    job: Job | None = None,
    file: File | None = None,
    attempt: int = 1,
) -> Job:
    """Keep memories of a file, by a job; of new ones where none are given."""
    file = file or a_kept_file(store, owner)
    job = job or a_finished_job(store, owner, [file])
    with store.database.write() as connection:
        keep(connection, owner, job.id, attempt, {0: origin_of(file)}, memories, store.clock())
    return job


def ask(store: Store, text: str = "", *vectors: Vector, owner: str = OWNER, only: Filter | None = None) -> Found:
    """What is found."""
    return search(store, owner, Question(text, vectors, only or Filter()))


def texts_of(found: Found) -> list[str]:
    """The texts that were found, in order."""
    return [hit.memory.text for hit in found.hits]
