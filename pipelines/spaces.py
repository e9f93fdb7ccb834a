"""What a run may ask of the memory's vectors: to see them, and to have others made in their place.

It stands beside the memory of pipelines/house.py, which is one owner's: a space is everybody's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipelines.errors import EngineUnavailable
from pipelines.house import MemoryKind, Modality, Space, Vector

if TYPE_CHECKING:
    from pipelines.contract import Source


@dataclass(frozen=True, slots=True)
class Placed:
    """A memory of the job's owner, with its vectors in the spaces that are searched, at most one in each."""

    memory_id: str
    kind: MemoryKind
    modality: Modality
    title: str
    text: str
    vectors: Sequence[Vector]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A memory, of whomever, that has no vector in a space. ``number`` orders them, oldest first.

    ``source``: the file that it comes of, None where it comes of none or its bytes are gone.
    """

    number: int
    memory_id: str
    text: str
    source: "Source | None" = None


class SpacesPort(Protocol):
    """The spaces in which memories have vectors."""

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:
        """Pages of the owner's memories that have a vector, newest first, ``count`` at most, of ``modality`` if any."""

    def build(self, space: Space) -> int:
        """Have ``space`` stand beside the one that is searched, unless it is that; tell how many lack a vector there.

        What was half built of another of its kind is dropped. Raises EngineUnavailable where no vectors can be kept,
        and BadInput, with the code ``reindexing``, where another job fills one of its kind.
        """

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:
        """Up to ``count`` memories that lack a vector there, behind the one with the number ``after``."""

    def place(self, space: Space, vectors: Mapping[str, bytes]) -> None:
        """Keep the vectors of memories, by their ids; one that was forgotten meanwhile is passed over."""

    def activate(self, space: Space) -> None:
        """Have ``space`` searched from now on, and drop the one of its kind that was.

        As in ``unplaced`` and ``place``, TransientFailure is raised where it was removed meanwhile.
        """


class NoSpaces:
    """The spaces of a run outside the house: there are none."""

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:  # noqa: ARG002  the port's
        """Nothing."""
        return iter(())

    def build(self, space: Space) -> int:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise EngineUnavailable("there is no memory outside of a worker")

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:  # noqa: ARG002  the port's
        """Nothing."""
        return ()

    def place(self, space: Space, vectors: Mapping[str, bytes]) -> None:
        """Nothing was built."""

    def activate(self, space: Space) -> None:
        """Nothing was built."""
