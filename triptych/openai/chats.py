"""chat.completions: the next message of a chat, by ``text.chat`` and the configured server.

https://platform.openai.com/docs/api-reference/chat/create
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.contract import PartKind
from pipelines.text.chat import MAX_ATTACHED
from triptych.jobs.job import Job, StoredPart
from triptych.openai.calls import JSON, Answer, BadCall, Brought, Call, Made, asked, valid_params
from triptych.openai.chat_request import SENT_ON, ChatRequest, HandedOn, Message
from triptych.openai.ids import file_id_of

PIPELINE = "text.chat"


@dataclass(frozen=True, slots=True)
class Chat:
    """A call that is to be answered, at once or word by word."""

    call: Call
    is_streamed: bool
    tells_usage: bool


def chat(body: object) -> Chat:
    """The job of a chat. Raises BadCall."""
    wanted = asked(ChatRequest, body)
    most = "max_tokens" if wanted.max_completion_tokens is None else "max_completion_tokens"
    params = {"model": wanted.model, "temperature": wanted.temperature, "max_tokens": getattr(wanted, most)}
    attached = _Attached()
    messages = [attached.taken_from(message, f"messages.{n}") for n, message in enumerate(wanted.messages)]
    stored, files = attached.in_order()
    options = wanted.model_dump(include=set(HandedOn.model_fields), exclude_none=True)
    request = {"messages": messages, "options": options}
    content = json.dumps(request, ensure_ascii=False).encode()
    brought = (*files, Brought("messages.json", content, JSON))
    call = Call(PIPELINE, valid_params(PIPELINE, params, {"max_tokens": most}), _told, brought, stored)
    tells_usage = wanted.stream_options is not None and wanted.stream_options.include_usage
    return Chat(call, wanted.stream, tells_usage)


def chunks(job: Job, tokens: Iterable[StoredPart]) -> Iterator[str]:
    """The events of a stream for the ``tokens`` of ``job`` as they come."""
    yield _chunk(job, {"role": "assistant", "content": ""})
    for token in tokens:
        if token.kind == PartKind.TOKEN:
            yield _chunk(job, {"content": token.body["text"]})


def last_chunks(made: Made, *, tells_usage: bool) -> Iterator[str]:
    """The events that end a stream."""
    if calls := made.result.get("tool_calls"):
        yield _chunk(made.job, {"tool_calls": [{"index": number, **call} for number, call in enumerate(calls)]})
    yield _chunk(made.job, {}, finish_reason=_reason(made), **made.warned)
    if tells_usage:
        yield json.dumps({**_head(made.job, "chat.completion.chunk"), "choices": [], "usage": _usage(made)})
    yield "[DONE]"


def _told(made: Made) -> Answer:
    message: dict[str, Any] = {"role": "assistant", "content": made.result["answer"], "refusal": None}
    if calls := made.result.get("tool_calls"):
        message = {**message, "content": made.result["answer"] or None, "tool_calls": calls}
    choice = {"index": 0, "message": message, "finish_reason": _reason(made), "logprobs": None}
    told = {**_head(made.job, "chat.completion"), "choices": [choice], "usage": _usage(made), **made.warned}
    return Answer(json.dumps(told, ensure_ascii=False).encode())


def _chunk(job: Job, delta: Mapping[str, Any], finish_reason: str | None = None, **besides: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
    told = {**_head(job, "chat.completion.chunk"), "choices": [choice], **besides}
    return json.dumps(told, ensure_ascii=False)


def _head(job: Job, kind: str) -> dict[str, Any]:
    """``model`` is who answers, where that is known yet, else who is asked."""
    model = job.engine["model"] if job.engine else job.params["model"]
    return {"id": f"chatcmpl-{job.id}", "object": kind, "created": int(job.created_at), "model": model}


def _reason(made: Made) -> str:
    return made.result["finish_reason"] or "stop"


def _usage(made: Made) -> Mapping[str, int] | None:
    """What the server counted; None where it counts nothing."""
    usage = made.result["usage"]
    return None if usage is None else {**usage, "total_tokens": usage["prompt_tokens"] + usage["completion_tokens"]}


@dataclass(slots=True)
class _Attached:
    """The files that came within messages, or are named there by their ids, each with its part of a message."""

    files: list[tuple[Brought | str, dict[str, Any]]] = field(default_factory=list)

    def in_order(self) -> tuple[tuple[str, ...], tuple[Brought, ...]]:
        """The ids, and then what came: in this order they are the job's, as their parts then say."""
        stored = [(one, part) for one, part in self.files if isinstance(one, str)]
        brought = [(one, part) for one, part in self.files if isinstance(one, Brought)]
        for place, (_, part) in enumerate([*stored, *brought]):
            part["source"] = place
        return tuple(one for one, _ in stored), tuple(one for one, _ in brought)

    def taken_from(self, message: Message, where: str) -> dict[str, Any]:
        """The message as the pipeline has it. Raises BadCall."""
        told = message.model_dump(exclude_none=True, include=set(SENT_ON))
        content = message.refusal if message.content is None else message.content
        if content is None and not message.tool_calls:
            raise BadCall("the message says nothing", f"{where}.content")
        if not isinstance(content, list):
            return {**told, "content": content}
        parts = [self._part(part, f"{where}.content.{number}") for number, part in enumerate(content)]
        return {**told, "content": parts}

    def _part(self, part: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        match part:
            case {"type": "text", "text": str(text)}:
                return {"type": "text", "text": text}
            case {"type": "refusal", "refusal": str(text)}:
                return {"type": "text", "text": text}
            case {"type": "image_url", "image_url": {"url": str(url)}}:
                return self._attach(Brought(f"picture {len(self.files) + 1}", _of_data_url(url, where)), where)
            case {"type": "input_audio", "input_audio": {"data": str(sound)}}:
                return self._attach(Brought(f"recording {len(self.files) + 1}", _of_base64(sound, where)), where)
            case {"type": "file", "file": {"file_data": str(url)}}:
                return self._attach(Brought(f"document {len(self.files) + 1}", _of_data_url(url, where)), where)
            case {"type": "file", "file": {"file_id": str(name)}}:
                return self._attach(file_id_of(name, where), where)
        taken = "text, image_url and file with a data URL, file with a file_id, and input_audio"
        raise BadCall(f"no such part of a message is taken; there are {taken}", where)

    def _attach(self, file: Brought | str, where: str) -> Mapping[str, Any]:
        if len(self.files) == MAX_ATTACHED:
            raise BadCall(f"more than {MAX_ATTACHED} files are attached", where)
        part: dict[str, Any] = {"type": "attached"}
        self.files.append((file, part))
        return part


def _of_data_url(url: str, where: str) -> bytes:
    """The bytes in a data URL (RFC 2397). Raises BadCall: no other is ever fetched."""
    head, comma, data = url.partition(",")
    if not head.startswith("data:") or not comma or not head.endswith(";base64"):
        raise BadCall("only data URLs in base64 are taken: nothing is fetched from an address", where)
    return _of_base64(data, where)


def _of_base64(data: str, where: str) -> bytes:
    try:
        content = b64decode(data, validate=True)
    except (NotBase64, ValueError):
        raise BadCall("this is no base64", where) from None
    if not content:
        raise BadCall("the file is empty", where)
    return content
