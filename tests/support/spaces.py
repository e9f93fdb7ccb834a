"""The spaces of a memory that lives in this process: what a run asks of vectors, without a database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from pipelines.contract import Source
from pipelines.house import Modality, Space
from pipelines.spaces import Placed, Unplaced

PAGE = 100


@dataclass
class SpacesInMemory:
    """Holds ``remembered``, newest first, of one owner; and by numbers, which are ids too, texts and their pictures."""

    remembered: Sequence[Placed] = ()
    texts: dict[int, str] = field(default_factory=dict)
    pictures: dict[int, Source] = field(default_factory=dict)
    searched: Space | None = None
    vectors: dict[Space, dict[str, bytes]] = field(default_factory=dict)

    def newest(self, count: int, modality: Modality | None) -> Iterator[Sequence[Placed]]:
        found = [one for one in self.remembered if modality in (None, one.modality)][:count]
        return (found[start : start + PAGE] for start in range(0, len(found), PAGE))

    def build(self, space: Space) -> int:
        self.vectors = {one: kept for one, kept in self.vectors.items() if one in (space, self.searched)}
        return len(self.texts) - len(self.vectors.setdefault(space, {}))

    def unplaced(self, space: Space, after: int, count: int) -> Sequence[Unplaced]:
        lacking = (
            Unplaced(number, str(number), text, self.pictures.get(number))
            for number, text in sorted(self.texts.items())
            if number > after and str(number) not in self.vectors[space]
        )
        return list(islice(lacking, count))

    def place(self, space: Space, vectors: Mapping[str, bytes]) -> None:
        self.vectors[space].update({one: values for one, values in vectors.items() if int(one) in self.texts})

    def activate(self, space: Space) -> None:
        self.searched = space
        self.vectors = {space: self.vectors[space]}
