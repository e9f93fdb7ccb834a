"""Conversations as they are asked for and told."""

from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import quote
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from api.links import link_to_cited
from api.schemas.job import EngineUsed, JobError
from api.schemas.requests import Asked, CameQuery, Query
from pipelines.house import MemoryKind, Modality
from triptych.chat import values
from triptych.chat.values import Recall, Role
from triptych.jobs.states import JobState
from triptych.times import iso_time

MESSAGE_CHARACTERS = 32_000
TITLE_CHARACTERS = 200
FILES = 20
PAGE = 1000


def _title(text: str) -> str:
    if not text.strip():
        raise ValueError("the title is empty: write one")
    return " ".join(text.split())


class ConversationSettings(BaseModel):
    """How replies are made. `memory`: always, unless a message says no; asked: when a message says so; never."""

    memory: Recall
    system: str = Field(description="How to answer; empty: precisely and briefly.")
    model: str = Field(description="Of the configured server; empty: the configured one.")
    temperature: float
    speak: bool = Field(description="Each reply is read aloud.")


class SettingsChange(Asked):
    """The settings to change; the others stay as they are."""

    memory: Recall | None = None
    system: str | None = Field(None, max_length=4000)
    model: str | None = Field(None, max_length=200)
    temperature: float | None = Field(None, ge=0, le=2)
    speak: bool | None = None

    def given(self) -> dict[str, Any]:  # Any: JSON
        """Those that are to change."""
        return self.model_dump(mode="json", exclude_none=True)


class ConversationRequest(Asked):
    """A conversation to begin."""

    settings: SettingsChange = Field(default_factory=SettingsChange)


class ConversationChange(Asked):
    """What is to change of a conversation."""

    title: Annotated[str, AfterValidator(_title)] | None = Field(None, max_length=TITLE_CHARACTERS)
    settings: SettingsChange = Field(default_factory=SettingsChange)


class MessageRequest(Asked):
    """A question. Without `parent_id` it follows the newest branch."""

    text: str = Field("", max_length=MESSAGE_CHARACTERS)
    parent_id: UUID | None = Field(None, description="The reply that it follows; null: the last of the newest branch.")
    files: list[UUID] = Field(default_factory=list, max_length=FILES, description="Ids of uploaded files.")
    memory: bool | None = Field(None, description="Whether the memory is asked for this question; null: as it is set.")


class EditRequest(Asked):
    """What is to stand in the place of a question."""

    text: str = Field("", max_length=MESSAGE_CHARACTERS)
    files: list[UUID] | None = Field(None, max_length=FILES, description="Null: those that the question has.")
    memory: bool | None = None


class RegenerateRequest(Asked):
    """How a reply is to be written again."""

    memory: bool | None = Field(None, description="Whether the memory is asked; null: as it is set.")


class Conversation(BaseModel):
    """A conversation. `title` is empty until one is made, which is after the first reply."""

    id: str
    title: str
    settings: ConversationSettings
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, conversation: values.Conversation) -> Self:
        """Tell ``conversation``."""
        return cls(
            id=conversation.id,
            title=conversation.title,
            settings=ConversationSettings.model_validate(conversation.settings.told()),
            created_at=iso_time(conversation.created_at),
            updated_at=iso_time(conversation.updated_at),
        )


class ConversationPage(BaseModel):
    """Conversations, last used first; `next` is the cursor of the next page, null at the end."""

    items: list[Conversation]
    next: str | None


class AttachedFile(BaseModel):
    """A file that came with a message; `file_id` is null once the file was deleted."""

    file_id: str | None
    name: str
    media_type: str


class Citation(BaseModel):
    """What a reply rests on, whole; `gone` says that it can no longer be opened. `memory_id` is null of attachments."""

    number: int
    memory_id: str | None
    source_id: str | None
    file_id: str | None
    job_id: str | None
    title: str
    text: str
    place: dict[str, Any] = Field(description="As its `kind` has it (see docs/api.md).")
    kind: MemoryKind
    modality: Modality
    gone: bool
    link: str | None = Field(description="The page of the UI that opens it at its place, a path; null once it is gone.")

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:  # Any: JSON
        """Tell a citation of a reply."""
        return cls.model_validate({**told, "link": link_to_cited(told)})


class ChatMessage(BaseModel):
    """A question, which has no `state`, or a reply, whose `text` is what has come so far while it is being written."""

    id: str
    parent_id: str | None
    role: Role
    text: str
    files: list[AttachedFile]
    job_id: str | None = Field(description="The job that writes the reply; null once that was deleted.")
    state: JobState | None
    citations: list[Citation]
    engine: EngineUsed | None
    warnings: list[str]
    error: JobError | None
    speech: str | None = Field(description="Where the reply can be heard; null while it cannot.")
    created_at: str

    @classmethod
    def of(cls, message: values.Message) -> Self:
        """Tell ``message``."""
        return cls(
            id=message.id,
            parent_id=message.parent_id,
            role=message.role,
            text=message.text,
            files=[AttachedFile(file_id=f.file_id, name=f.name, media_type=f.media_type) for f in message.files],
            job_id=message.job_id,
            state=message.state,
            citations=[Citation.of(citation) for citation in message.citations],
            engine=None if message.engine is None else EngineUsed.model_validate(message.engine),
            warnings=list(message.warnings),
            error=None if message.error is None else JobError.model_validate(message.error),
            speech=None if message.speech is None else _url_of(message.speech),
            created_at=iso_time(message.created_at),
        )


class ChatMessagePage(BaseModel):
    """The newest messages of all branches, oldest first; `next` is the cursor of those before them, null if none."""

    items: list[ChatMessage]
    next: str | None


class PostedMessage(BaseModel):
    """A question, and the reply that is to come."""

    message: ChatMessage
    reply: ChatMessage


class ConversationsQuery(CameQuery):
    """Which conversations to list."""

    q: str = Field("", max_length=200, description="Words that stand in the title or in a message.")
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")


class MessagesQuery(Query):
    """Which messages to list."""

    limit: int = Field(PAGE, ge=1, le=PAGE)
    cursor: UUID | None = Field(None, description="`next` of the page before.")


class ConversationPath(BaseModel):
    """A conversation's id."""

    conversation_id: UUID


class MessagePath(ConversationPath):
    """A message of a conversation."""

    message_id: UUID


def _url_of(spoken: values.Spoken) -> str:
    return f"/api/v1/jobs/{spoken.job_id}/outputs/{quote(spoken.name, safe='')}"
