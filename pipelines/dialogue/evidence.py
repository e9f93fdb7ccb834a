"""What a reply may rest on: a piece of an attachment or of the memory, with the place where it can be opened."""

from dataclasses import dataclass, field
from datetime import datetime

from pipelines.contract import JsonObject
from pipelines.house import MemoryKind, Modality, Recalled

MOST_CHARACTERS = 2000  # of a piece: longer ones are cut, so that one memory does not fill the window


@dataclass(frozen=True, slots=True)
class Happened:
    """When something was said or seen, by a clock that several files share: UTC, or one of a zone that none tells."""

    begin: datetime
    end: datetime

    @property
    def zone(self) -> str:
        """What the times are of, for a reader."""
        return "UTC" if self.begin.tzinfo else "the files' clocks"

    @property
    def day(self) -> str:
        """The day on which it began."""
        return self.begin.date().isoformat()

    @property
    def clock(self) -> str:
        """The time of day, to the second: a moment, or from when to when."""
        begin, end = (time.strftime("%H:%M:%S") for time in (self.begin, self.end))
        return begin if begin == end else f"{begin} to {end}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of text from somewhere. ``place`` is as its ``kind`` has it (pipelines/house.py, ``MemoryKind``).

    ``title`` names the source. Of a memory the ids are its own; of an attachment ``file_id``, ``job_id`` where a job
    found it there, and ``source``, its place among the run's sources. ``happened`` is known where files were aligned.
    """

    text: str
    title: str
    kind: MemoryKind
    modality: Modality
    place: JsonObject = field(default_factory=dict)
    memory_id: str | None = None
    source_id: str | None = None
    file_id: str | None = None
    job_id: str | None = None
    source: int | None = None
    happened: Happened | None = None

    @classmethod
    def recalled(cls, memory: Recalled) -> "Evidence":
        """A memory as evidence."""
        return cls(
            memory.text[:MOST_CHARACTERS],
            memory.title,
            memory.kind,
            memory.modality,
            memory.place,
            memory.memory_id,
            memory.source_id,
            memory.file_id,
            memory.job_id,
        )

    def told(self, number: int) -> JsonObject:
        """The evidence as a citation, whole: it must be shown when its source is gone."""
        return {
            "number": number,
            "memory_id": self.memory_id,
            "source_id": self.source_id,
            "file_id": self.file_id,
            "job_id": self.job_id,
            "title": self.title,
            "text": self.text,
            "place": dict(self.place),
            "kind": self.kind.value,
            "modality": self.modality.value,
        }

    @property
    def heading(self) -> str:
        """Where it stands, for a reader: the source's name, and second or page where there is one, and its time."""
        if self.happened is None:
            return self._stands
        return f"{self._stands}; {self.happened.day} {self.happened.clock} by {self.happened.zone}"

    @property
    def _stands(self) -> str:
        if self.kind is MemoryKind.SEGMENT:
            return f"{self.title}, {_clock(self.place['start_s'])} to {_clock(self.place['end_s'])}"
        page = self.place.get("page")
        return self.title if page is None else f"{self.title}, page {page}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
