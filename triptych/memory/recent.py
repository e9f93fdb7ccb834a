"""The vectors of the last questions of a process: who pages through an answer, or types on, asks the same again."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from pipelines.house import Vector

MOST = 500  # about 3 MB


class RecentQuestions:
    """The least recently asked go first. Thread-safe."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[Hashable, Sequence[Vector]] = OrderedDict()
        self._lock = Lock()

    def get(self, question: Hashable) -> Sequence[Vector] | None:
        """Its vectors; None where it was not asked lately."""
        with self._lock:
            if question in self._vectors:
                self._vectors.move_to_end(question)
            return self._vectors.get(question)

    def put(self, question: Hashable, vectors: Sequence[Vector]) -> None:
        """Keep its vectors for a while."""
        with self._lock:
            self._vectors[question] = vectors
            self._vectors.move_to_end(question)
            while len(self._vectors) > MOST:
                self._vectors.popitem(last=False)
