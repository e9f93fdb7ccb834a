"""The house as it is told: pipelines, engines, lanes, workers, counts, health."""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from pipelines.catalogue import Pipeline as Declared
from pipelines.contract import Lane
from triptych.jobs.states import JobState


class Pipeline(BaseModel):
    """Something the house can do."""

    name: str
    title: str
    help: str
    kind: str = Field(description="audio, image, memory, models or text.")
    lane: Lane
    accepts: list[str] = Field(description="Patterns of media types, such as `audio/*`.")
    min_sources: int = Field(description="0: a job may come without files and text.")
    max_sources: int
    params_schema: dict[str, Any] = Field(description="JSON Schema of a job's `params`: draw the form from it.")
    time_limit_s: float = Field(description="Seconds that one attempt may take unless the job says otherwise.")

    @classmethod
    def of(cls, pipeline: Declared) -> Self:
        """Tell ``pipeline``."""
        return cls(
            name=pipeline.name,
            title=pipeline.title,
            help=pipeline.help,
            kind=pipeline.kind,
            lane=pipeline.lane,
            accepts=list(pipeline.accepts),
            min_sources=pipeline.min_sources,
            max_sources=pipeline.max_sources,
            params_schema=pipeline.params.model_json_schema(),
            time_limit_s=pipeline.time_limit_s,
        )


class PipelineList(BaseModel):
    """Every pipeline, by name."""

    items: list[Pipeline]


class SpokenLanguage(BaseModel):
    """A language that an engine speaks."""

    language: str = Field(description="As `params.language` of `audio.speak`.")
    model: str = Field(description="What the engine calls it.")


class Voice(BaseModel):
    """A voice that an engine has, in each of its languages."""

    voice: str = Field(description="As `params.voice` of `audio.speak`.")
    gender: Literal["male", "female"] | None = Field(description="Null where the engine does not say.")


class Speaker(BaseModel):
    """An engine that reads aloud."""

    engine: str
    needs_network: bool = Field(description="Whether the text leaves the machine.")
    sample_rate_hz: int
    languages: list[SpokenLanguage]
    voices: list[Voice]


class SpeakerList(BaseModel):
    """Every engine that reads aloud and is installed, the preferred one first."""

    items: list[Speaker]


class Pause(BaseModel):
    """A pipeline whose jobs wait because a server that it needs does not answer; it is tried again at `until`."""

    pipeline: str
    until: str
    reason: str


class LaneLoad(BaseModel):
    """What a lane has to do and is doing."""

    lane: Lane
    queued: int
    running: int
    paused: list[Pause]


class LaneList(BaseModel):
    """Every lane."""

    items: list[LaneLoad]


class Worker(BaseModel):
    """A worker that is there: `slots` runs at a time on `lanes`."""

    name: str
    lanes: list[str]
    slots: int
    running: int
    seen_at: str


class WorkerList(BaseModel):
    """The workers that have lately said that they are there."""

    items: list[Worker]


class Count(BaseModel):
    """How many jobs of one pipeline are in one state."""

    pipeline: str
    state: JobState
    jobs: int


class Stats(BaseModel):
    """The caller's jobs: by state (every state is named), and by pipeline and state."""

    states: dict[JobState, int]
    items: list[Count]


class Health(BaseModel):
    """Whether work can be taken. Without Redis it is accepted and waits: `degraded`."""

    status: Literal["ok", "ready", "degraded", "unavailable"]
    database: bool | None = None
    redis: bool | None = None
