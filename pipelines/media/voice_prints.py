"""Whose voice is whose: prints of voices, gathered as they come, bounded in memory, and told apart at the end."""

import base64
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipelines.contract import JsonObject
from pipelines.media.clustering import Merge, average_linkage, cut

MOST_GROUPS = 1000  # 12 minutes of speech; from there on the nearest are kept as one, until half are left
# Both are those of 3D-Speaker's diarisation, which has the same windows (speakerlab/process/cluster.py,
# https://github.com/modelscope/3D-Speaker): voices whose cosine is 0.4 on average are one, and whoever has fewer than
# four windows is one of the others.
FARTHEST = 0.6
MINOR_WINDOWS = 4
MINOR_SHARE = 0.05  # of all windows: in a short recording even one window may be somebody
TYPES = {"starts_ms": "<i4", "ends_ms": "<i4", "groups": "<i4", "counts": "<i4", "sums": "<f4"}


@dataclass(frozen=True, slots=True)
class HowMany:
    """The least and the most speakers that there are."""

    least: int = 1
    most: int = 20


@dataclass(slots=True, eq=False)
class VoicePrints:
    """Prints of windows of a recording, in order.

    Each print is held by itself until there are ``MOST_GROUPS``. Then the nearest are joined by average linkage until
    half are left, of which the sum and the count are kept; the rest of the clustering is what it would have been, but
    for what was joined. Of a window remain its times and the number of its group: a day of speech takes 3 MB.
    """

    starts_ms: list[int] = field(default_factory=list)
    ends_ms: list[int] = field(default_factory=list)
    groups: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))  # but for the recent ones
    sums: list[NDArray[np.float32]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    _recent: list[int] = field(default_factory=list)  # groups of windows since the last joining

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self.starts_ms)

    def add(self, start_s: float, end_s: float, vector: NDArray[np.float32]) -> None:
        """Note the print of the window from ``start_s`` to ``end_s``: a vector (d,) whose direction counts."""
        if len(self.sums) == MOST_GROUPS:
            self._join()
        self.starts_ms.append(round(start_s * 1000))
        self.ends_ms.append(round(end_s * 1000))
        self._recent.append(len(self.sums))
        self.sums.append(vector / max(float(np.linalg.norm(vector)), 1e-9))
        self.counts.append(1)

    def times_s(self) -> list[tuple[float, float]]:
        """When each window begins and ends."""
        return [(start_ms / 1000, end_ms / 1000) for start_ms, end_ms in zip(self.starts_ms, self.ends_ms, strict=True)]

    def speakers(self, how_many: HowMany) -> list[int]:
        """The number of each window's speaker, from 0 in order of appearance."""
        if not self.sums:
            return []
        means, counts = self._means(), np.array(self.counts, np.float64)
        merges = average_linkage(means, counts)
        found = _with_minors_absorbed(means, counts, *_clusters(merges, counts, how_many))
        numbers: dict[int, int] = {}
        return [numbers.setdefault(one, len(numbers)) for one in found[self._groups()].tolist()]

    def state(self) -> JsonObject:
        """All there is, as JSON."""
        arrays = (self.starts_ms, self.ends_ms, self._groups(), self.counts, self.sums)
        told = {
            name: base64.b64encode(np.asarray(array, TYPES[name]).tobytes()).decode()
            for name, array in zip(TYPES, arrays, strict=True)
        }
        return {"dimensions": len(self.sums[0]) if self.sums else 0, **told}

    @classmethod
    def of(cls, state: JsonObject) -> Self:
        """The prints that ``state`` tells."""
        told = {name: np.frombuffer(base64.b64decode(state[name]), kind) for name, kind in TYPES.items()}
        sums = told["sums"].reshape(len(told["counts"]), state["dimensions"])
        counts, starts_ms, ends_ms = (told[name].tolist() for name in ("counts", "starts_ms", "ends_ms"))
        return cls(starts_ms, ends_ms, told["groups"].astype(np.int32), list(sums), counts)

    def _groups(self) -> NDArray[np.int32]:
        self.groups = np.concatenate([self.groups, np.array(self._recent, np.int32)])
        self._recent = []
        return self.groups

    def _means(self) -> NDArray[np.float64]:
        means: NDArray[np.float64] = np.stack(self.sums).astype(np.float64) / np.array(self.counts)[:, None]
        return means

    def _join(self) -> None:
        """Half as many groups, of those that are nearest to each other."""
        counts, sums = np.array(self.counts), np.stack(self.sums)
        numbers = cut(average_linkage(self._means(), counts), MOST_GROUPS // 2)
        joined = np.zeros((MOST_GROUPS // 2, sums.shape[1]), np.float32)
        np.add.at(joined, numbers, sums)
        self.groups = numbers[self._groups()].astype(np.int32)
        self.counts = np.bincount(numbers, counts).astype(int).tolist()
        self.sums = list(joined)


def _clusters(
    merges: list[Merge], counts: NDArray[np.float64], how_many: HowMany
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The cluster of each group, and which of them are speakers.

    The tree is cut where clusters are too far from each other, or before or after that, so that there are as many
    speakers as there may be. Where it cannot be cut so, clusters of any size are speakers.
    """
    fewest = min(MINOR_WINDOWS, MINOR_SHARE * counts.sum())
    clusters = len(counts) - sum(merge.distance <= FARTHEST for merge in merges)
    while (found := _sizes(merges, counts, clusters, fewest))[1].sum() > how_many.most:
        clusters -= 1
    while found[1].sum() < how_many.least and clusters < len(counts):
        clusters += 1
        found = _sizes(merges, counts, clusters, fewest)
    if how_many.least <= found[1].sum() <= how_many.most and found[1].any():
        return found
    return _sizes(merges, counts, min(how_many.least, len(counts)), 0.0)


def _sizes(
    merges: list[Merge], counts: NDArray[np.float64], clusters: int, fewest: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    numbers = cut(merges, clusters)
    return numbers, np.bincount(numbers, counts) >= fewest


def _with_minors_absorbed(
    means: NDArray[np.float64], counts: NDArray[np.float64], numbers: NDArray[np.int64], speaks: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The clusters, where each group of one that is no speaker goes to the speaker whom it is nearest to."""
    centres = np.zeros((len(speaks), means.shape[1]))
    np.add.at(centres, numbers, means * counts[:, None])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    likeness = np.where(speaks, means @ centres.T, -np.inf)
    return np.where(speaks[numbers], numbers, np.argmax(likeness, axis=1))
