"""Conversations: begin one, ask something, hear the reply while it is being written."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from triptych.client.records.conversation import ChatMessage, ChatMessagePage, Conversation, PostedMessage
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/conversations"


class Conversations:
    """The caller's conversations. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport, new_key: Callable[[], str] = lambda: str(uuid.uuid4())) -> None:
        self._transport = transport
        self._new_key = new_key

    def create(self, settings: Mapping[str, Any] | None = None) -> Conversation:  # Any: JSON
        """Begin a conversation; ``settings`` are those of the API's ``ConversationSettings``, or some of them."""
        return self._transport.tell(Conversation, Ask("POST", ROOT, json={"settings": dict(settings or {})}))

    def ask(
        self, conversation_id: str, text: str, *, files: Sequence[str] = (), memory: bool | None = None
    ) -> PostedMessage:
        """Ask something behind the newest branch; however often it is sent again, it is asked once.

        The reply is a job, ``reply.job_id``, whose parts are tokens. ``memory``: whether what is remembered is looked
        into; None as the conversation has it.
        """
        asked: dict[str, Any] = {"text": text, "files": list(files)}
        if memory is not None:
            asked["memory"] = memory
        headers = {"Idempotency-Key": self._new_key()}
        path = f"{ROOT}/{quote(conversation_id, safe='')}/messages"
        return self._transport.tell(PostedMessage, Ask("POST", path, json=asked, headers=headers, repeatable=True))

    def messages(self, conversation_id: str) -> Iterator[ChatMessage]:
        """The messages of all branches, the newest first."""
        cursor = None
        while True:
            path = f"{ROOT}/{quote(conversation_id, safe='')}/messages"
            page = self._transport.tell(ChatMessagePage, Ask("GET", path, query={"cursor": cursor}))
            yield from reversed(page.items)
            if page.next is None:
                return
            cursor = page.next

    def message(self, conversation_id: str, message_id: str) -> ChatMessage | None:
        """One message as it stands; None once it was deleted."""
        return next((one for one in self.messages(conversation_id) if one.id == message_id), None)
