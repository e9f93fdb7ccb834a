"""What a request for chat.completions may say.

https://platform.openai.com/docs/api-reference/chat/create
"""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_MESSAGES = 2048


class Role(StrEnum):
    """Who says something."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Message(BaseModel):
    """Something that was said."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    content: str | list[dict[str, Any]] | None = None  # Any: JSON, here and below
    name: str | None = Field(None, max_length=100)
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = Field(None, max_length=200)

    # What programs send back as it stood in an answer: a refusal is what was said, of the rest the model hears nothing.
    refusal: str | None = None
    annotations: list[Any] | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    audio: None = None
    function_call: None = None


SENT_ON = frozenset({"role", "name", "tool_calls", "tool_call_id"})


class StreamOptions(BaseModel):
    """What a stream tells besides."""

    model_config = ConfigDict(extra="forbid")

    include_usage: bool = False
    include_obfuscation: bool = False  # of which there is none here


class HandedOn(BaseModel):
    """What the server gets as it is, which takes or refuses it. Servers of one's own know the last four."""

    stop: str | list[str] | None = None
    top_p: float | None = Field(None, ge=0, le=1)
    seed: int | None = None
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    presence_penalty: float | None = Field(None, ge=-2, le=2)
    logit_bias: dict[str, float] | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class Unused(BaseModel):
    """What is taken and changes nothing: names for the caller's own books, and what asks for what is done anyway."""

    user: str | None = None
    safety_identifier: str | None = None
    metadata: dict[str, Any] | None = None
    store: bool | None = None
    service_tier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    prompt_cache_options: dict[str, Any] | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    top_logprobs: Literal[0] | None = None
    modalities: list[Literal["text"]] | None = None


class ChatRequest(HandedOn, Unused):
    """A chat to go on with."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool = False
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
