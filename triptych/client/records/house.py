"""The house as the API tells it: pipelines, models, lanes, workers, counts, and who is asking."""

from typing import Any

from triptych.client.records.base import Record
from triptych.client.records.job import JobState, Progress


class Pipeline(Record):
    """Something the house can do; ``accepts`` are patterns of media types, ``params_schema`` is JSON Schema."""

    name: str
    title: str
    help: str
    kind: str
    lane: str
    accepts: list[str]
    min_sources: int
    max_sources: int
    params_schema: dict[str, Any]
    time_limit_s: float


class PipelineList(Record):
    """Every pipeline, by name."""

    items: list[Pipeline]


class Engine(Record):
    """An engine of a capability; ``why`` says what is missing, and how to mend it, when it is not available."""

    capability: str
    engine: str
    available: bool
    why: str


class Loaded(Record):
    """A process that holds the model in memory."""

    worker: str
    process_id: int
    size_bytes: int


class Pull(Record):
    """The job that brings a model."""

    job_id: str
    state: JobState
    progress: Progress | None


class Model(Record):
    """A model that is known or there."""

    name: str
    capability: str | None
    engine: str | None
    present: bool
    size_bytes: int | None
    licence: str | None
    memory_bytes: int | None
    loaded: list[Loaded]
    pull: Pull | None
    where: str


class ModelList(Record):
    """Every engine, in order of preference within each capability, and every model by name."""

    items: list[Engine]
    models: list[Model]


class Pause(Record):
    """A pipeline whose jobs wait because a server that it needs does not answer; it is tried again at ``until``."""

    pipeline: str
    until: str
    reason: str


class LaneLoad(Record):
    """What a lane has to do and is doing."""

    lane: str
    queued: int
    running: int
    paused: list[Pause]


class LaneList(Record):
    """Every lane."""

    items: list[LaneLoad]


class Worker(Record):
    """A worker that is there: ``slots`` runs at a time on ``lanes``."""

    name: str
    lanes: list[str]
    slots: int
    running: int
    seen_at: str


class WorkerList(Record):
    """The workers that have lately said that they are there."""

    items: list[Worker]


class Count(Record):
    """How many jobs of one pipeline are in one state."""

    pipeline: str
    state: JobState
    jobs: int


class Stats(Record):
    """The caller's jobs: by state (every state is named), and by pipeline and state."""

    states: dict[JobState, int]
    items: list[Count]


class Voice(Record):
    """A voice that an engine has in each of its languages; ``gender`` None where it does not say."""

    voice: str
    gender: str | None


class SpokenLanguage(Record):
    """A language that an engine speaks; ``model`` is what the engine calls it."""

    language: str
    model: str


class Speaker(Record):
    """An engine that reads aloud; ``needs_network``: the text leaves the machine."""

    engine: str
    needs_network: bool
    sample_rate_hz: int
    languages: list[SpokenLanguage]
    voices: list[Voice]


class SpeakerList(Record):
    """Every engine that reads aloud and is installed, the preferred one first."""

    items: list[Speaker]


class Health(Record):
    """Whether work can be taken: ``ready``, or ``degraded`` without Redis, where it is accepted and waits."""

    status: str
    database: bool | None = None
    redis: bool | None = None
