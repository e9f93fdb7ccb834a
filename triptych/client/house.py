"""The house: what it can do, the models it has, and how busy it is."""

from collections.abc import Sequence
from urllib.parse import quote

from triptych.client.records.house import (
    Engine,
    Health,
    LaneList,
    LaneLoad,
    Model,
    ModelList,
    Pipeline,
    PipelineList,
    Speaker,
    SpeakerList,
    Stats,
    Worker,
    WorkerList,
)
from triptych.client.records.job import Job
from triptych.client.transport import Ask, Transport


class House:
    """What is everybody's. Every call raises Unreachable, Refused or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def pipelines(self) -> Sequence[Pipeline]:
        """Everything that can be asked for, by name."""
        return self._transport.tell(PipelineList, Ask("GET", "/api/v1/pipelines")).items

    def lanes(self) -> Sequence[LaneLoad]:
        """What each lane has to do and is doing."""
        return self._transport.tell(LaneList, Ask("GET", "/api/v1/lanes")).items

    def workers(self) -> Sequence[Worker]:
        """The workers that have lately said that they are there."""
        return self._transport.tell(WorkerList, Ask("GET", "/api/v1/workers")).items

    def stats(self) -> Stats:
        """How many jobs the caller has in each state."""
        return self._transport.tell(Stats, Ask("GET", "/api/v1/stats"))

    def models(self) -> Sequence[Model]:
        """Every model that is known or there, by name."""
        return self._transport.tell(ModelList, Ask("GET", "/api/v1/models")).models

    def engines(self) -> Sequence[Engine]:
        """Every engine, in order of preference within each capability, and why it is not available if it is not."""
        return self._transport.tell(ModelList, Ask("GET", "/api/v1/models")).items

    def voices(self) -> Sequence[Speaker]:
        """Every engine that reads aloud and is installed, the preferred one first, with its languages and voices."""
        return self._transport.tell(SpeakerList, Ask("GET", "/api/v1/voices")).items

    def health(self) -> Health:
        """Whether work can be taken. Raises Refused or Unreachable where none can."""
        return self._transport.tell(Health, Ask("GET", "/health/ready"))

    def pull_model(self, name: str) -> Job:
        """The job that brings the model: while it is under way, the same one."""
        return self._transport.tell(Job, Ask("POST", "/api/v1/models", json={"name": name}))

    def remove_model(self, name: str) -> None:
        """Take the model's weights from the disk."""
        self._transport.send(Ask("DELETE", f"/api/v1/models/{quote(name)}"))
