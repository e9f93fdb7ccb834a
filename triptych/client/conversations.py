"""Conversations: begin one, ask something, hear the reply while it is being written."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.conversation import (
    ChatMessage,
    ChatMessagePage,
    Conversation,
    ConversationPage,
    PostedMessage,
)
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/conversations"
PAGE = 200


class Conversations:
    """The caller's conversations. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport, new_key: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._transport = transport
        self._new_key = new_key

    def create(self, settings: Mapping[str, Any] | None = None) -> Conversation:  # Any: JSON
        """Begin a conversation; ``settings`` are those of the API's ``ConversationSettings``, or some of them."""
        return self._transport.tell(Conversation, Ask("POST", ROOT, json={"settings": dict(settings or {})}))

    def list(
        self,
        words: str | None = None,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[Conversation]:
        """The conversations, last used first, or those in whose title or messages these ``words`` stand."""
        query = {"q": words, "limit": PAGE, **between(created_after, created_before)}
        return all_of(
            lambda cursor: self._transport.tell(ConversationPage, Ask("GET", ROOT, query={**query, "cursor": cursor}))
        )

    def get(self, conversation_id: str) -> Conversation:
        """The conversation, without what was said in it."""
        return self._transport.tell(Conversation, Ask("GET", at(ROOT, conversation_id)))

    def change(
        self, conversation_id: str, *, title: str | None = None, settings: Mapping[str, Any] | None = None
    ) -> Conversation:
        """Call it something, or change some of its settings."""
        asked = {"settings": dict(settings or {}), **({} if title is None else {"title": title})}
        return self._transport.tell(Conversation, Ask("PATCH", at(ROOT, conversation_id), json=asked))

    def delete(self, conversation_id: str) -> None:
        """Remove it with its messages; a reply that is being written is cancelled. Its files stay."""
        self._transport.send(Ask("DELETE", at(ROOT, conversation_id)))

    def ask(
        self,
        conversation_id: str,
        text: str,
        *,
        files: Sequence[str] = (),
        memory: bool | None = None,
        behind: str | None = None,
    ) -> PostedMessage:
        """Ask something behind the reply ``behind``, or the newest branch; however often it is sent, it is asked once.

        The reply is a job, ``reply.job_id``, whose parts are tokens. ``memory``: whether what is remembered is looked
        into; None as the conversation has it.
        """
        asked: dict[str, Any] = {"text": text, "files": list(files), **_given(memory=memory, parent_id=behind)}
        return self._post(at(ROOT, conversation_id, "messages"), asked)

    def edit(
        self,
        conversation_id: str,
        message_id: str,
        text: str,
        *,
        files: Sequence[str] | None = None,
        memory: bool | None = None,
    ) -> PostedMessage:
        """Ask something else beside a question, with its files unless others are named."""
        asked = {"text": text, **_given(files=None if files is None else list(files), memory=memory)}
        return self._post(at(ROOT, conversation_id, "messages", message_id, "edit"), asked)

    def regenerate(self, conversation_id: str, message_id: str, *, memory: bool | None = None) -> PostedMessage:
        """Have a reply written again, beside the one there is."""
        return self._post(at(ROOT, conversation_id, "messages", message_id, "regenerate"), _given(memory=memory))

    def messages(self, conversation_id: str) -> Iterator[ChatMessage]:
        """The messages of all branches, the newest first."""
        cursor = None
        while True:
            path = at(ROOT, conversation_id, "messages")
            page = self._transport.tell(ChatMessagePage, Ask("GET", path, query={"cursor": cursor}))
            yield from reversed(page.items)
            if page.next is None:
                return
            cursor = page.next

    def message(self, conversation_id: str, message_id: str) -> ChatMessage | None:
        """One message as it stands; None once it was deleted."""
        return next((one for one in self.messages(conversation_id) if one.id == message_id), None)

    def _post(self, path: str, asked: Mapping[str, Any]) -> PostedMessage:
        headers = {"Idempotency-Key": self._new_key()}
        return self._transport.tell(PostedMessage, Ask("POST", path, json=asked, headers=headers, repeatable=True))


def _given(**asked: Any) -> dict[str, Any]:  # Any: JSON
    """What was not left out."""
    return {name: value for name, value in asked.items() if value is not None}
