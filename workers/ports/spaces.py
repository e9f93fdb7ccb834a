"""The memory's spaces, as a run may see and rebuild them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from pipelines.contract import Source
from pipelines.errors import BadInput, EngineUnavailable, TransientFailure
from pipelines.house import Modality, Space, SpaceKind
from pipelines.spaces import Placed, Unplaced
from triptych.files import File, files_by_id
from triptych.jobs.leases import Claim, still_ours
from triptych.memory import spaces as kept
from triptych.memory.filling import count_without_vector, fill, memories_without_vector
from triptych.memory.values import StoredSpace
from triptych.memory.vector_pages import newest
from triptych.store import Store

PAGE = 300
PICTURES = "pictures-to-be-placed"


@dataclass(frozen=True, slots=True)
class SpacesOfHouse:
    """See ``SpacesPort``. What it writes is the run's: it raises LeaseLost when that is no longer the job's."""

    store: Store
    claimed: Claim
    workdir: Path

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:
        """Pages of the owner's memories that have a vector, newest first; see ``SpacesPort``."""
        owner, before, left = self.claimed.job.owner, None, count
        while left > 0:
            with self.store.database.read() as connection:
                page = newest(connection, owner, modality, before, PAGE)
            if not page:
                return
            before = page[-1].number
            seen = [Placed(o.id, o.kind, o.modality, o.title, o.text, o.vectors) for o in page if o.vectors][:left]
            left -= len(seen)
            yield seen

    def build(self, space: Space) -> int:
        """Have ``space`` stand beside the one that is searched; see ``SpacesPort``."""
        job_id, now = self.claimed.job.id, self.store.clock()
        with self.store.database.write() as connection:
            if not kept.can_compare(connection):
                raise EngineUnavailable(kept.why_not(connection))
            still_ours(connection, self.claimed)
            try:
                stored = kept.build_space(connection, space, job_id, now)
            except kept.BeingBuilt as error:
                raise BadInput(f"{error}: cancel that one first, or wait for it", code="reindexing") from error
            except kept.OtherDimensions as error:
                raise EngineUnavailable(f"{error}: the model's files were replaced; name it anew") from error
        with self.store.database.read() as connection:
            return count_without_vector(connection, stored)

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:
        """Up to ``count`` memories, of whomever, that lack a vector there; see ``SpacesPort``."""
        with self.store.database.write() as connection:
            stored = self._opened(connection, space)
        with self.store.database.read() as connection:
            lacking = memories_without_vector(connection, None, stored, after, count)
            of_pictures = [one.file_id for one in lacking if one.file_id and space.kind is SpaceKind.PICTURE]
            directory = self._emptied()
            sources = {file.id: self._source(file, directory) for file in files_by_id(connection, of_pictures)}
        return [Unplaced(one.number, one.id, one.text, sources.get(one.file_id or "")) for one in lacking]

    def place(self, space: Space, vectors: Mapping[str, bytes]) -> None:
        """Keep the vectors of memories, by their ids; see ``SpacesPort``."""
        with self.store.database.write() as connection:
            fill(connection, self._opened(connection, space), vectors)

    def activate(self, space: Space) -> None:
        """Have ``space`` searched from now on; see ``SpacesPort``."""
        with self.store.database.write() as connection:
            still_ours(connection, self.claimed)
            try:
                kept.activate(connection, space)
            except kept.SpaceClosed as error:
                raise _removed(space) from error

    def _opened(self, connection: Connection, space: Space) -> StoredSpace:
        """The stored space, which nobody retires before the transaction ends; the run is still the job's."""
        still_ours(connection, self.claimed)
        try:
            return kept.open_space(connection, space, self.store.clock())
        except kept.SpaceClosed as error:
            raise _removed(space) from error

    def _emptied(self) -> Path:
        """Where pictures are brought that lie elsewhere: each page in the place of the one before."""
        directory = self.workdir / PICTURES
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        return directory

    def _source(self, file: File, directory: Path) -> Source | None:
        try:
            path = self.store.blobs.lend(file.sha256, directory)
        except FileNotFoundError:
            return None
        return Source(path, file.name, file.media_type, file.size_bytes)


def _removed(space: Space) -> TransientFailure:
    return TransientFailure(f"the vectors of {space.model} were removed meanwhile, and are to be made anew")
