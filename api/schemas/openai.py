"""What OpenAI's clients are told, for the document: their SDK's types are what these follow.

The document puts OpenAI before each name here, as before those of the requests in triptych/openai.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, WithJsonSchema

from triptych.openai.transcriptions import Granularity, TranscriptionRequest, TranslationRequest

BINARY = WithJsonSchema({"type": "string", "format": "binary"})
_WARNINGS = "What the job warns of: that a weaker engine had to stand in, say."


class Failure(BaseModel):
    """What went wrong."""

    message: str = Field(description="For people; it names the mend.")
    type: str = Field(description="Follows from the status.")
    param: str | None = Field(description="The parameter that is wrong, where one is.")
    code: str = Field(description="Stable: what a program may act on.")


class Error(BaseModel):
    """Every error under `/v1`."""

    error: Failure


class Model(BaseModel):
    """A model that may be asked for."""

    id: str
    object: Literal["model"]
    created: int = Field(description="When its files came, in seconds since the epoch; 0 where that is not known.")
    owned_by: str
    root: str = Field(description="What answers in that name.")


class ModelList(BaseModel):
    """Every model there is."""

    object: Literal["list"]
    data: list[Model]


class _Answer(BaseModel):
    warnings: list[str] = Field(default_factory=list, description=_WARNINGS)


class Duration(BaseModel):
    """How long the recording is."""

    type: Literal["duration"]
    seconds: float


class Transcribed(_Answer):
    """`json`."""

    model_config = ConfigDict(extra="forbid")

    text: str
    usage: Duration


class Segment(BaseModel):
    """A piece of what is said, in seconds."""

    id: int
    start: float
    end: float
    text: str


class Word(BaseModel):
    """A word, in seconds."""

    word: str
    start: float
    end: float


class TranscribedVerbosely(_Answer):
    """`verbose_json`."""

    task: Literal["transcribe", "translate"]
    language: str
    duration: float
    text: str
    usage: Duration
    segments: list[Segment] | None = None
    words: list[Word] | None = None


class Turn(BaseModel):
    """A piece of what is said, and who says it."""

    type: Literal["transcript.text.segment"]
    id: str
    start: float
    end: float
    text: str
    speaker: str


class TranscribedByTurns(_Answer):
    """`diarized_json`."""

    task: Literal["transcribe"]
    duration: float
    text: str
    usage: Duration
    segments: list[Turn]


class Transcription(RootModel[Transcribed | TranscribedVerbosely | TranscribedByTurns]):
    """What is said, as `response_format` asks for it."""


class TranslationForm(TranslationRequest):
    """A recording whose words are wanted in English."""

    file: Annotated[bytes, BINARY]


class TranscriptionForm(TranscriptionRequest):
    """A recording whose words are wanted."""

    file: Annotated[bytes, BINARY]
    timestamp_granularities: list[Granularity] = Field(
        default=[Granularity.SEGMENT], alias="timestamp_granularities[]", min_length=1, max_length=2
    )


class FileForm(BaseModel):
    """A file to keep."""

    model_config = ConfigDict(extra="forbid")

    file: Annotated[bytes, BINARY]
    purpose: Literal["batch", "user_data", "assistants", "vision", "evals"]


class Tokens(BaseModel):
    """What the model read."""

    prompt_tokens: int
    total_tokens: int


class Embedding(BaseModel):
    """A text as a vector: numbers, or base64 of little-endian float32."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class Embeddings(_Answer):
    """A vector for each text, in their order."""

    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: Tokens


class AnswerMessage(BaseModel):
    """What the model says."""

    role: Literal["assistant"]
    content: str | None
    refusal: None
    tool_calls: list[dict[str, Any]] | None = None  # Any: JSON


class Choice(BaseModel):
    """The answer: there is one."""

    index: Literal[0]
    message: AnswerMessage
    finish_reason: str
    logprobs: None


class CompletionTokens(Tokens):
    """What the model read and wrote."""

    completion_tokens: int


class Completion(_Answer):
    """The next message of a chat."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionTokens | None


class File(BaseModel):
    """A file, or what a batch made."""

    id: str
    object: Literal["file"]
    bytes: int | None = Field(description="None of what a batch made: that is made while it is fetched.")
    created_at: int
    filename: str
    purpose: str
    status: Literal["processed"]


class _Page(BaseModel):
    object: Literal["list"]
    first_id: str | None
    last_id: str | None = Field(description="`after` of the next page.")
    has_more: bool


class FileList(_Page):
    """A page of files."""

    data: list[File]


class FileGone(BaseModel):
    """A file that was removed."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


class Counts(BaseModel):
    """How many calls there are in each way."""

    total: int
    completed: int
    failed: int


class Batch(BaseModel):
    """Where a batch stands; times are in seconds since the epoch."""

    id: str
    object: Literal["batch"]
    endpoint: str
    input_file_id: str
    completion_window: Literal["24h"]
    status: Literal["validating", "in_progress", "completed", "cancelled", "failed", "expired"]
    errors: dict[str, Any] | None  # Any: JSON
    output_file_id: str | None
    error_file_id: str | None
    created_at: int
    in_progress_at: int | None
    expires_at: int | None
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: Counts
    metadata: dict[str, str] | None


class BatchList(_Page):
    """A page of batches."""

    data: list[Batch]
