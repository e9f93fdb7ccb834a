"""Conversations as the API tells them."""

from typing import Any

from triptych.client.records.base import Record
from triptych.client.records.job import EngineUsed, JobError, JobState


class ConversationSettings(Record):
    """How replies are made."""

    memory: str
    system: str
    model: str
    temperature: float
    speak: bool


class Conversation(Record):
    """A conversation; its title is empty until one is made."""

    id: str
    title: str
    settings: ConversationSettings
    created_at: str
    updated_at: str


class ConversationPage(Record):
    """Conversations, last used first; ``next`` is the cursor of the next page, None at the end."""

    items: list[Conversation]
    next: str | None


class AttachedFile(Record):
    """A file that came with a message; ``file_id`` is None once the file was deleted."""

    file_id: str | None
    name: str
    media_type: str


class Citation(Record):
    """What ``[number]`` in a reply means, as it was; ``link`` is a path of the UI, None where it is ``gone``."""

    number: int
    memory_id: str | None
    source_id: str | None
    file_id: str | None
    job_id: str | None
    title: str
    text: str
    place: dict[str, Any]
    kind: str
    modality: str
    gone: bool
    link: str | None


class ChatMessage(Record):
    """A question, which has no ``state``, or a reply, whose ``text`` is what has come so far."""

    id: str
    parent_id: str | None
    role: str
    text: str
    files: list[AttachedFile]
    job_id: str | None
    state: JobState | None
    citations: list[Citation]
    engine: EngineUsed | None
    warnings: list[str]
    error: JobError | None
    speech: str | None
    created_at: str


class ChatMessagePage(Record):
    """Messages of all branches; ``next`` is the cursor of those before them, None at the beginning."""

    items: list[ChatMessage]
    next: str | None


class PostedMessage(Record):
    """A question, and the reply that is to come."""

    message: ChatMessage
    reply: ChatMessage
