"""What a run may ask of the memory's vectors: to see them, and to have others made in their place.

It stands beside the memory of pipelines/house.py, which is one owner's: a space is everybody's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.errors import EngineUnavailable
from pipelines.house import MemoryKind, Modality, Space, SpaceKind, Vector


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
    """A memory, of whomever, that has no vector in a space. ``number`` orders them, oldest first."""

    number: int
    text: str


class SpacesPort(Protocol):
    """The spaces in which memories have vectors."""

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:
        """Pages of the owner's memories that have a vector, newest first, ``count`` at most, of ``modality`` if any."""

    def active(self, kind: SpaceKind) -> Space | None:
        """The space of this kind that is searched, None where there is none yet."""

    def build(self, space: Space) -> int:
        """Have ``space`` stand beside the active one; tell how many memories will have a vector there in the end.

        Of its kind no other is being built from then on: what was half built of another is dropped. The active one is
        built already. Raises EngineUnavailable where the database holds no vectors.
        """

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:
        """Up to ``count`` memories that are wanted there and have no vector yet, behind the one numbered ``after``."""

    def place(self, space: Space, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Keep vectors by their memories' numbers; a memory that was forgotten meanwhile is passed over."""

    def activate(self, space: Space) -> None:
        """Have ``space`` searched from now on, and drop the one that was."""


class NoSpaces:
    """The spaces of a run outside the house: there are none."""

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:  # noqa: ARG002  the port's
        """Nothing."""
        return iter(())

    def active(self, kind: SpaceKind) -> Space | None:  # noqa: ARG002  the port's
        """None."""
        return None

    def build(self, space: Space) -> int:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise EngineUnavailable("there is no memory outside of a worker")

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:  # noqa: ARG002  the port's
        """Nothing."""
        return ()

    def place(self, space: Space, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Nothing was built."""

    def activate(self, space: Space) -> None:
        """Nothing was built."""
