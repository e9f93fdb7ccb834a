"""What a language model's server says in its stream, held to what it may be: the SDK hands on whatever came."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from openai.types.chat import ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.completion_usage import CompletionUsage

from pipelines.contract import JsonObject
from pipelines.errors import TransientFailure

_HIGH_SURROGATES = ("\ud800", "\udbff")
_SHOWN = 100  # characters of what is refused
_MOST_CALLS = 128  # in one answer, as OpenAI's API has it
_LONGEST_ARGUMENTS = 1024 * 1024  # characters
_LONGEST_NAME = 100  # characters of a model's name, or of why an answer ended: both are kept with the job


@dataclass(slots=True)
class ToolCall:
    """A function that the model wants called, as far as it has come: ``arguments`` is JSON in the end."""

    call_id: str = ""
    name: str = ""
    arguments: str = ""

    def told(self) -> JsonObject:
        """As the API has it."""
        return {
            "id": self.call_id,
            "type": "function",
            "function": {"name": self.name, "arguments": whole(self.arguments)},
        }


@dataclass(slots=True)
class Heard:
    """What has come of a stream so far, in so many ``chunks``; ``fresh`` was not yielded yet."""

    fresh: list[str] = field(default_factory=list)
    model: str = ""
    finish_reason: str = ""
    usage: JsonObject | None = None
    half: str = ""  # of a character beyond U+FFFF, written as two escapes of which one has come
    chunks: int = 0
    tool_calls: dict[int, ToolCall] = field(default_factory=dict)  # by their index
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def begins(self) -> None:
        """Wait for the first piece of text."""
        await self.begun.wait()

    def take(self) -> str:
        """What came since it was last taken."""
        text = "".join(self.fresh)
        self.fresh.clear()
        return text

    def add(self, chunk: object) -> None:
        """Raises TransientFailure for what is no chunk of an answer, AttributeError or TypeError where parts lack."""
        if not isinstance(chunk, ChatCompletionChunk):
            raise _no_part(chunk)
        self.chunks += 1
        self.model = _name(chunk.model) or self.model
        self.usage = _usage(chunk.usage) or self.usage
        for choice in chunk.choices or ():
            self._write(_content(choice.delta.content))
            for piece in choice.delta.tool_calls or ():
                self._call(piece)
            self.finish_reason = _name(choice.finish_reason) or self.finish_reason

    def end(self) -> None:
        """Nothing more comes: the other half of a character neither."""
        self.fresh.append(whole(self.half))
        self.half = ""

    def _call(self, piece: ChoiceDeltaToolCall) -> None:
        if not isinstance(piece.index, int) or not 0 <= piece.index < _MOST_CALLS:
            raise _no_part(piece)
        call = self.tool_calls.setdefault(piece.index, ToolCall())
        call.call_id = _name(piece.id) or call.call_id
        if piece.function is not None:
            call.name = _name(piece.function.name) or call.name
            call.arguments += _raw_text(piece.function.arguments)
        if len(call.arguments) > _LONGEST_ARGUMENTS:
            raise _no_part(call.arguments)

    def _write(self, text: str) -> None:
        text = self.half + text
        first, last = _HIGH_SURROGATES
        self.half = text[-1:] if first <= text[-1:] <= last else ""
        self.fresh.append(whole(text.removesuffix(self.half)))
        if self.fresh[-1]:
            self.begun.set()


class Patience:
    """Ends ``silence_s`` after the last piece of an answer: bytes that become none are no sign of life."""

    def __init__(self, silence_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._silence_s = silence_s
        self._clock = clock
        self._chunks = 0
        self._since = clock()

    def wait_on(self, chunks: int) -> None:
        """Raise TransientFailure where there were no more than these ``chunks`` for too long."""
        now = self._clock()
        if chunks > self._chunks:
            self._chunks, self._since = chunks, now
        elif now - self._since > self._silence_s:
            raise TransientFailure(f"The server has sent no piece of its answer for {self._silence_s:g} s")


def whole(text: str) -> str:
    """Two surrogates as the one character that they mean, and lone ones, which no UTF-8 can hold, as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _content(content: object) -> str:
    """A piece of the answer: a text, or as Mistral's API has it, a list of parts, of which some are thoughts."""
    if not isinstance(content, list):
        return _raw_text(content)
    return "".join(_text_of_part(part) for part in content)


def _text_of_part(part: object) -> str:
    if not isinstance(part, dict):
        raise _no_part(part)
    return _raw_text(part.get("text")) if part.get("type") == "text" else ""


def _name(told: object) -> str:
    """Its beginning, where it is longer than any name."""
    return whole(_raw_text(told)[:_LONGEST_NAME])


def _raw_text(told: object) -> str:
    if told is None:
        return ""
    if not isinstance(told, str):
        raise _no_part(told)
    return told


def _usage(usage: CompletionUsage | None) -> JsonObject | None:
    """The numbers of tokens, where they are numbers."""
    if usage is None:
        return None
    counts: dict[str, object] = {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
    }
    return counts if all(isinstance(count, int) for count in counts.values()) else None


def _no_part(told: object) -> TransientFailure:
    return TransientFailure(f"The server sent something that is no part of an answer: {str(told)[:_SHOWN]!r}")
