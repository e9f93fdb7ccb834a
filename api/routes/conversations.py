"""Conversations: begin one, ask in it, have a reply written again, branch off."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Concatenate, ParamSpec, TypeVar

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import BaseModel, ValidationError

from api.answers import answer
from api.bodies.chunks import whole_body
from api.bodies.strict_json import read_json
from api.offload import offload
from api.problems import invalid, refuse_validation
from api.room import owner, room
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.idempotency import asked_once
from api.schemas.conversation import (
    ChatMessage,
    ChatMessagePage,
    Conversation,
    ConversationChange,
    ConversationPage,
    ConversationPath,
    ConversationRequest,
    ConversationsQuery,
    EditRequest,
    MessagePath,
    MessageRequest,
    MessagesQuery,
    PostedMessage,
    RegenerateRequest,
)
from triptych.chat import conversations as chat
from triptych.chat import posting
from triptych.chat.finding import Came, Place, list_conversations
from triptych.chat.reading import list_messages
from triptych.chat.values import ConversationSettings
from triptych.chat.writing import Draft, Posted
from triptych.jobs.states import FINAL
from triptych.jobs.submission import Idempotency
from triptych.store import Store

routes = APIBlueprint("conversations", __name__, url_prefix="/api/v1/conversations", abp_tags=[{"name": "chat"}])

B = TypeVar("B", bound=BaseModel)
P = ParamSpec("P")
_CURSOR = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:e-[0-9]+)?)_([0-9a-f-]{36})", re.ASCII)  # repr of a time, and an id
_POSTED = {
    200: json_of(PostedMessage),
    202: json_of(PostedMessage),
    **problems(
        *(*JSON_BODY, "not_found", "reply_unfinished", "empty_question", "no_question", "no_reply", "wrong_media"),
        *("idempotency_mismatch", "quota_exceeded"),
    ),
}


@routes.get("", responses={200: json_of(ConversationPage), **problems("invalid_request")})
def index(query: ConversationsQuery) -> Response:
    """List conversations, last used first; with `q` a page that is not full, or empty, may be followed by another."""
    before = _before(query.cursor) if query.cursor else None
    asked = query.q.strip(), before, query.limit, Came(query.after_s, query.before_s)
    page = offload(list_conversations, room().store, owner(), *asked)
    following = _cursor(page.next) if page.next else None
    return answer(ConversationPage(items=[Conversation.of(one) for one in page.items], next=following))


@routes.post(
    "",
    request_body=body(json="ConversationRequest"),
    responses={201: json_of(Conversation), **problems(*JSON_BODY)},
)
def create() -> Response:
    """Begin a conversation."""
    asked = _asked(ConversationRequest)
    settings = ConversationSettings.of({**ConversationSettings().told(), **asked.settings.given()})
    begun = room().writer.change(chat.begin_conversation, room().store, owner(), settings)
    response = answer(Conversation.of(begun), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/conversations/{begun.id}"
    return response


@routes.get("/<uuid:conversation_id>", responses={200: json_of(Conversation), **problems("not_found")})
def show(path: ConversationPath) -> Response:
    """Tell a conversation."""
    return answer(Conversation.of(chat.get_conversation(room().store, owner(), str(path.conversation_id))))


@routes.patch(
    "/<uuid:conversation_id>",
    request_body=body(json="ConversationChange"),
    responses={200: json_of(Conversation), **problems(*JSON_BODY, "not_found")},
)
def change(path: ConversationPath) -> Response:
    """Call a conversation something, or change its settings; what is not named stays."""
    asked = _asked(ConversationChange)
    changed = room().writer.change(
        chat.change_conversation, room().store, owner(), str(path.conversation_id), asked.title, asked.settings.given()
    )
    return answer(Conversation.of(changed))


@routes.delete("/<uuid:conversation_id>", responses={204: None, **problems("not_found")})
def delete(path: ConversationPath) -> Response:
    """Remove a conversation with its messages; a reply that is being written is cancelled. Its files stay."""
    room().writer.change(chat.delete_conversation, room().store, owner(), str(path.conversation_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.get(
    "/<uuid:conversation_id>/messages",
    responses={200: json_of(ChatMessagePage), **problems("not_found", "invalid_request")},
)
def messages(path: ConversationPath, query: MessagesQuery) -> Response:
    """List the messages of all branches: the newest, oldest of them first, and by `cursor` those before them."""
    before = str(query.cursor) if query.cursor else None
    page = offload(list_messages, room().store, owner(), str(path.conversation_id), before, query.limit)
    following = page.items[0].id if page.has_earlier else None
    return answer(ChatMessagePage(items=[ChatMessage.of(one) for one in page.items], next=following))


@routes.post("/<uuid:conversation_id>/messages", request_body=body(json="MessageRequest"), responses=_POSTED)
def post(path: ConversationPath) -> Response:
    """Ask something: the reply is a job whose parts are its tokens.

    `Idempotency-Key` makes a repeat answer what the first one asked: 200 when its reply is through, else 202.
    """
    asked = _asked(MessageRequest)
    draft = Draft(asked.text, [str(file_id) for file_id in asked.files], asked.memory)
    parent = str(asked.parent_id) if asked.parent_id else None
    return _told(_write(posting.post_message, str(path.conversation_id), draft, parent, once=_once(asked)))


@routes.post(
    "/<uuid:conversation_id>/messages/<uuid:message_id>/regenerate",
    request_body=body(json="RegenerateRequest"),
    responses=_POSTED,
)
def regenerate(path: MessagePath) -> Response:
    """Have a reply written again, beside the one there is. The body may be left out.

    `Idempotency-Key` makes a repeat answer the reply that the first one asked for.
    """
    asked = _asked(RegenerateRequest, may_lack=True)
    place = (str(path.conversation_id), str(path.message_id))
    return _told(_write(posting.ask_anew, *place, asked.memory, once=_once(asked)))


@routes.post(
    "/<uuid:conversation_id>/messages/<uuid:message_id>/edit",
    request_body=body(json="EditRequest"),
    responses=_POSTED,
)
def edit(path: MessagePath) -> Response:
    """Ask something else in the place of a question, which stays beside it with all that followed.

    `Idempotency-Key` makes a repeat answer what the first one asked.
    """
    asked = _asked(EditRequest)
    draft = Draft(asked.text, [str(file_id) for file_id in asked.files or ()], asked.memory)
    place = (str(path.conversation_id), str(path.message_id))
    keep_files = asked.files is None
    return _told(_write(posting.edit_message, *place, draft, keep_files=keep_files, once=_once(asked)))


def _write(write: Callable[Concatenate[Store, str, P], Posted], *args: P.args, **kwargs: P.kwargs) -> Posted:
    here = room()
    return here.writer.change(write, here.store, owner(), *args, **kwargs)


def _once(asked: BaseModel) -> Idempotency | None:
    """What the request's key, if it has one, stands for: this address, and all of the body. Raises Refused."""
    return asked_once({"path": request.path, **asked.model_dump(mode="json")})


def _asked(model: type[B], *, may_lack: bool = False) -> B:
    content = whole_body(request, room().settings.json_bytes)
    try:
        return model.model_validate({} if may_lack and not content else read_json(content))
    except ValidationError as error:
        refuse_validation(error, known=model.model_fields)


def _told(posted: Posted) -> Response:
    told = PostedMessage(message=ChatMessage.of(posted.message), reply=ChatMessage.of(posted.reply))
    is_through = posted.reply.state in FINAL  # of a repeat
    response = answer(told, HTTPStatus.OK if is_through else HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/jobs/{posted.reply.job_id}"
    return response


def _cursor(last: Place) -> str:
    return f"{last[0]!r}_{last[1]}"


def _before(cursor: str) -> Place:
    """What the cursor says. Raises Refused."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise invalid("query.cursor", f"{cursor!r} is no `next` of a page")
    return float(found[1]), found[2]
