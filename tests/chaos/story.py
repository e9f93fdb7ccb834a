"""What a job's events must have told: its whole story once and in order, or a mark after every hole."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chaos.recorder import Heard
from triptych.jobs.states import JobState

STARTED, MADE, QUEUED, FINISHED = range(4)

Place = tuple[int, int, int]  # attempt, step, number of the part: grows as a job's story goes on


@dataclass(frozen=True, slots=True)
class Truth:
    """What the database says of a job. ``errors``: the code each attempt ended with, None for success."""

    state: JobState
    errors: Sequence[str | None]
    parts: Sequence[int]
    outputs: Sequence[str]

    @property
    def attempts(self) -> int:
        """How many there were."""
        return len(self.errors)

    def places(self) -> Iterator[Place]:
        """The places in its story that cannot be missing."""
        yield (0, QUEUED, 0)
        for attempt, error in enumerate(self.errors, start=1):
            yield (attempt, STARTED, 0)
            is_last = attempt == self.attempts
            if is_last:
                yield from ((attempt, MADE, seq) for seq in self.parts)
            if not is_last or (self.state is JobState.CANCELLED and error != "cancelled"):
                yield (attempt, QUEUED, 0)
        yield (self.attempts, FINISHED, 0)


@dataclass
class _Walk:
    """Where one is in the story while reading it."""

    attempt: int = 0
    last: Place = (-1, 0, 0)
    run: str | None = None
    heard: dict[Place, int] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def step(self, event: Heard, truth: Truth) -> None:
        place = self._place(event, truth)
        moves = event.type in ("job.queued", "job.started", "job.part", "job.finished")
        if place < self.last or (moves and place == self.last):
            self.problems.append(f"{event.type} {dict(event.data)} came behind {self.last}")
            return
        self.last = place
        if moves:
            self.heard[place] = event.index

    def _place(self, event: Heard, truth: Truth) -> Place:
        if event.type == "job.queued":
            self.attempt, self.run = event.data["attempt"] + 1, None
            return (event.data["attempt"], QUEUED, 0)
        if event.type == "job.started":
            self.attempt, self.run = event.data["attempt"], None
            return (self.attempt, STARTED, 0)
        if event.type == "job.finished":
            if event.data["state"] != truth.state:
                self.problems.append(f"told as {event.data['state']}, and is {truth.state}")
            return (truth.attempts, FINISHED, 0)
        if event.type == "job.part":
            self._follow(event.data["body"].get("run"))
            return (self.attempt, MADE, event.data["seq"])
        if event.type == "job.output":
            self.outputs.append(event.data["name"])
        return (self.attempt, MADE, self.last[2] if self.last[1] == MADE else 0)

    def _follow(self, run: str | None) -> None:
        """A part of another run than the last one's: the news between them was lost."""
        if self.run is not None and run != self.run:
            self.attempt += 1
        self.run = run


def untold(truth: Truth, events: Sequence[Heard], resyncs: Sequence[int]) -> list[str]:
    """What is wrong with the ``events`` of a job; a hole is none that a mark behind it tells of."""
    walk = _Walk()
    for event in events:
        walk.step(event, truth)
    missing = sorted({*truth.places(), *_skipped(walk.heard)} - set(walk.heard))
    holes = [place for place in missing if not _is_marked(place, walk.heard, resyncs)]
    lost = sorted(set(truth.outputs) - set(walk.outputs)) if not resyncs else []
    return [
        *walk.problems,
        *(f"never told: {_named(place)}" for place in holes),
        *(f"never told: output {name}" for name in lost),
    ]


def _skipped(heard: dict[Place, int]) -> Iterator[Place]:
    """Parts of any attempt that come before one that was heard."""
    for attempt, step, seq in list(heard):
        if step == MADE:
            yield from ((attempt, MADE, earlier) for earlier in range(1, seq))


def _is_marked(place: Place, heard: dict[Place, int], resyncs: Sequence[int]) -> bool:
    before = max((index for other, index in heard.items() if other < place), default=-1)
    return bisect_right(resyncs, before) < len(resyncs)


def _named(place: Place) -> str:
    attempt, step, seq = place
    return f"{('started', 'part', 'queued', 'finished')[step]} of attempt {attempt}" + (
        f", number {seq}" if seq else ""
    )
