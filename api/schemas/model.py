"""Models as they are told: the engines that use them, the weights, and what is being brought."""

from pydantic import BaseModel, Field

from api.schemas.job import Progress
from triptych.jobs.states import JobState


class Engine(BaseModel):
    """An engine of a capability; `why` says what is missing, and how to mend it, when it is not available."""

    capability: str
    engine: str
    available: bool
    why: str


class Pull(BaseModel):
    """A job that brings a model's weights."""

    job_id: str
    state: JobState
    progress: Progress | None


class Loaded(BaseModel):
    """A process of a worker that holds the model in its memory."""

    worker: str
    process_id: int
    size_bytes: int


class Model(BaseModel):
    """A model: one that is known, or one that somebody put into the directory of weights."""

    name: str
    capability: str | None = Field(description="null where the model is in no list, as are `engine` and `licence`.")
    engine: str | None
    present: bool
    size_bytes: int | None = Field(description="Of its files on this disk; null where they are not, or not alone.")
    licence: str | None = Field(description="SPDX identifier.")
    memory_bytes: int | None = Field(
        description="What its weights take in a process's memory as float32; null: not known."
    )
    loaded: list[Loaded] = Field(description="The workers' processes that hold it now.")
    pull: Pull | None = Field(description="The job that is bringing it now.")
    where: str = Field(description="`models` for the directory of weights, else the package that carries it.")


class ModelList(BaseModel):
    """Every engine, in order of preference within each capability, and every model by name."""

    items: list[Engine]
    models: list[Model]
