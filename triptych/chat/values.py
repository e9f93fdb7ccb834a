"""Conversations and their messages, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from triptych.jobs.states import JobState


class Role(StrEnum):
    """Who wrote a message."""

    USER = "user"
    ASSISTANT = "assistant"


class Recall(StrEnum):
    """When a reply looks into the memory."""

    ALWAYS = "always"  # unless the message says no
    ASKED = "asked"  # when the message says so
    NEVER = "never"  # whatever the message says

    def applies(self, wish: bool | None) -> bool:
        """Whether the memory is asked for a question with this ``wish``, None where it has none."""
        if self is Recall.NEVER:
            return False
        return self is Recall.ALWAYS if wish is None else wish


class TitleBy(StrEnum):
    """Who called a conversation as it is called."""

    USER = "user"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    """How replies of a conversation are made. ``system`` and ``model`` are empty where nothing is wished for."""

    memory: Recall = Recall.ALWAYS
    system: str = ""
    model: str = ""
    temperature: float = 0.2
    speak: bool = False  # have each reply read aloud

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:  # Any: JSON
        """Build from a row's JSON."""
        return cls(**{**stored, "memory": Recall(stored["memory"])})

    def told(self) -> dict[str, Any]:  # Any: JSON
        """As a row has them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation. ``title`` is empty until one is made; times are seconds since the epoch."""

    id: str
    owner: str
    title: str
    settings: ConversationSettings
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; ``file_id`` is None once it was deleted."""

    file_id: str | None
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply read aloud: the output of a job."""

    job_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message, whole. Of a reply: ``job_id`` writes it, None once that was deleted; ``text`` is what has come so far.

    ``citations`` are JSON objects as docs/api.md tells them.
    """

    id: str
    parent_id: str | None
    role: Role
    text: str
    created_at: float
    files: Sequence[Attachment] = ()
    job_id: str | None = None
    state: JobState | None = None
    citations: Sequence[Mapping[str, Any]] = ()  # Any: JSON, as are the next ones
    engine: Mapping[str, Any] | None = None
    warnings: Sequence[str] = ()
    error: Mapping[str, Any] | None = None
    speech: Spoken | None = None
