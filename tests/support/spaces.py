"""The spaces of a memory that lives in this process: what a run asks of vectors, without a database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.house import Modality, Space, SpaceKind
from pipelines.spaces import Placed, Unplaced

PAGE = 100


@dataclass
class SpacesInMemory:
    """Holds ``remembered``, newest first, of one owner; and vectors of the ``texts``, by their numbers."""

    remembered: Sequence[Placed] = ()
    texts: dict[int, str] = field(default_factory=dict)
    searched: Space | None = None
    vectors: dict[Space, dict[int, bytes]] = field(default_factory=dict)

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:
        found = [one for one in self.remembered if modality in (None, one.modality)][:count]
        return (found[start : start + PAGE] for start in range(0, len(found), PAGE))

    def active(self, kind: SpaceKind) -> Space | None:
        return self.searched if self.searched is not None and self.searched.kind is kind else None

    def build(self, space: Space) -> int:
        kept = (space, self.searched)
        self.vectors = {one: vectors for one, vectors in self.vectors.items() if one in kept}
        self.vectors.setdefault(space, {})
        return len(self.texts)

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:
        wanted = (number for number in sorted(self.texts) if number > after and number not in self.vectors[space])
        return [Unplaced(number, self.texts[number]) for _, number in zip(range(count), wanted, strict=False)]

    def place(self, space: Space, vectors: Iterable[tuple[int, bytes]]) -> None:
        self.vectors[space].update((number, values) for number, values in vectors if number in self.texts)

    def activate(self, space: Space) -> None:
        self.searched = space
        self.vectors = {space: self.vectors[space]}
