"""The contract between a pipeline and whatever runs it: sources in, parts, outputs and a result out."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from pipelines.checkpoint import Checkpoint, NoCheckpoint
from pipelines.engines.passes import NotePass
from pipelines.errors import PipelineError
from pipelines.house import ConversationPort, JobsPort, MemoryPort
from pipelines.houseless import NoConversation, NoJobs, NoMemory
from pipelines.spaces import NoSpaces, SpacesPort

M = TypeVar("M")

JsonObject: TypeAlias = Mapping[str, Any]  # Any: JSON's values have no tighter type; the reader's model checks them


class Lane(StrEnum):
    """Which kind of worker a pipeline needs (law 5)."""

    CPU = "cpu"  # prefork processes, hard-killable
    GPU = "gpu"  # one process a device, threads; served by CPU workers where there is no GPU
    NET = "net"  # threads that wait on a network


class PartKind(StrEnum):
    """What a part holds; the UI draws each kind in its own way."""

    SEGMENT = "segment"  # {start_s, end_s, text}, and where they are known confidence and words
    LINE = "line"  # {text, confidence, box: {x, y, width, height}} in pixels of the upright picture
    LABELS = "labels"  # {labels: [{label, score}]}
    PASSAGE = "passage"  # {text, start, end} in characters; where it applies also page, from 1, and source, from 0
    SPEECH = "speech"  # {text, start_s, end_s, output}: a sounding piece of what is being spoken, by its output's name
    TOKEN = "token"  # {text}  # noqa: S105  a piece of generated text, no secret


class Params(BaseModel):
    """Base of every pipeline's parameters: frozen, and an unknown name is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoParams(Params):
    """A pipeline that takes no parameters."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input of a job: a readable local file with what was learnt about it at the door.

    ``name`` is the user's name for it: data to show, never a path. ``media_type`` was sniffed from the content.
    ``grows``: of a recording that is still being made, whether more may be appended to it; None where it is whole.
    """

    path: Path
    name: str
    media_type: str
    size_bytes: int
    grows: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the result that is shown while the rest is being made, and stored."""

    kind: PartKind
    body: JsonObject


@dataclass(frozen=True, slots=True)
class Output:
    """A finished file in the context's ``workdir``.

    ``media_type`` picks the viewer; ``name`` is a plain file name, unique within the job. ``passing``: a piece of
    another output, to be had while the run goes on and dropped when the run is through.
    """

    name: str
    media_type: str
    path: Path
    passing: bool = False


@dataclass(frozen=True, slots=True)
class EngineUsed:
    """Which engine and model made a result (law 8); ``model`` names weights or, where there are none, the method."""

    name: str
    model: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run returns when it is through: a JSON object, who made it, and what the user should be warned of.

    ``is_whole``: False where a piece is missing that another run may have; such a result never serves again.
    """

    body: JsonObject
    engine: EngineUsed
    warnings: Sequence[str] = ()
    is_whole: bool = True


class ModelCache(Protocol):
    """A per-process cache of loaded models, bounded by the memory they occupy.

    A key is the model's name, as ``GET /api/v1/models`` has it; where files may be replaced or it can be loaded in
    several ways, ``@``, the way, ``#`` and a stamp of the files follow (``pipelines/engines/model_key.py``).
    ``note_pass`` counts the passes of the models that it holds: a loader gives it to its batcher.
    """

    @property
    def note_pass(self) -> NotePass:
        """Who counts passes."""

    def get(self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int], need_bytes: int = 0) -> M:
        """Return the model under ``key``, calling ``load`` once if it is not held; a worker keeps it for the whole run.

        ``size_bytes`` tells what a loaded model occupies. ``need_bytes``: what loading it takes, such as the size of
        its files; room is made before the load, and waited for while others use it. What needs nothing waits for
        nothing.
        """

    def with_relief(self, work: Callable[[], M]) -> M:
        """Call ``work``, and once more when memory ran out, after every model that nobody uses has gone.

        For work on a model that no ``Batcher`` does. Raises OutOfMemory when memory runs out again, and what ``work``
        raises.
        """

    def release(self) -> None:
        """Say that the run uses nothing any more of what it has got, and refers to none of it: it may go.

        For a run that needs one large model after the other. What it gets next may then wait for room.
        """


class Network(Protocol):
    """What is known of the way out, so that a dead network costs five seconds once and not on every job."""

    def reachable(self, host: str, port: int = 443) -> bool:
        """Whether a TCP connection to ``host`` succeeded lately; refused and timed-out answers are remembered."""


@dataclass(frozen=True, slots=True)
class AnswerServer:
    """An OpenAI-compatible server that writes answers.

    ``url`` is its base, such as ``http://127.0.0.1:11434/v1``; ``model`` the one to ask unless a job names another,
    empty where none is; ``key`` is a secret, empty where none is needed, and part of no message. ``window_tokens``: how
    much its model takes at once, question and answer together. ``silence_s``: how long it
    may send nothing of its answer. ``sees``: whether its model takes pictures.
    """

    url: str
    model: str = ""
    key: str = field(default="", repr=False)
    window_tokens: int = 8192
    silence_s: float = 300.0
    sees: bool = False


def _ignore_progress(fraction: float | None, note: str) -> None:
    """Progress of a run that nobody watches."""


def _ignore_partial(part: Part) -> None:
    """What is becoming a part in a run that nobody watches."""


def _never_cancelled() -> None:
    """The check of a run that nobody can cancel."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a run may use besides its sources.

    ``workdir``: a private directory, empty but for sources that may lie in it; it is cleared before the next run, which
    may have the same path, and when its message is through. ``models_dir``: weights on disk, shared between runs.
    ``progress(fraction, note)``: fraction in 0..1, or None while it is unknown. ``check()``: call it between units of
    work; raises ``Cancelled``. ``checkpoint``: for runs so long that a rescued one should not begin again.
    ``answer_server``: who writes answers, None where nobody does. ``partial(part)`` shows what may become the next
    part, until that comes or another of these: it is stored nowhere. ``memory``, ``jobs``, ``conversation``: what a run
    may ask of the house (pipelines/house.py); ``spaces``: of the memory's vectors (pipelines/spaces.py).
    """

    workdir: Path
    models_dir: Path
    models: ModelCache
    network: Network
    progress: Callable[[float | None, str], None] = field(default=_ignore_progress)
    check: Callable[[], None] = field(default=_never_cancelled)
    checkpoint: Checkpoint = field(default_factory=NoCheckpoint)
    answer_server: AnswerServer | None = None
    partial: Callable[[Part], None] = field(default=_ignore_partial)
    memory: MemoryPort = field(default_factory=NoMemory)
    jobs: JobsPort = field(default_factory=NoJobs)
    conversation: ConversationPort = field(default_factory=NoConversation)
    spaces: SpacesPort = field(default_factory=NoSpaces)


Run: TypeAlias = Generator[Part | Output, None, Result]


@dataclass(frozen=True, slots=True)
class Item:
    """One job of a micro-batch, with what a run of its own would be given."""

    sources: Sequence[Source]
    params: Any  # Any: each pipeline narrows to its own Params
    context: Context


@dataclass(frozen=True, slots=True)
class Made:
    """What one job of a micro-batch gave: what its own run would have yielded, in order, and its result."""

    yielded: Sequence[Part | Output]
    result: Result


RunMany: TypeAlias = Callable[[Sequence[Item]], Sequence[Made | PipelineError]]
"""Do several jobs at once: one outcome for each item, in order; an item that fails is its PipelineError.

What it raises as a whole makes the caller run each item alone.
"""
