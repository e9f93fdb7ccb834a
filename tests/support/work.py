"""Work for tests of the store and the workers: a pipeline, jobs of it, and runs stepped by hand."""

from collections.abc import Iterable, Sequence

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Part, PartKind, Result, Run, Source
from triptych.blobs import CHUNK_BYTES
from triptych.events.event import EventType, Numbered
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs import ending, ends
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder, claim
from triptych.jobs.states import Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from triptych.uploads import Text, text_file

OWNER = "ada"
DONE = Result({"answer": 42}, EngineUsed("abacus", "wooden", "1"))


def count_to_three(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Count to three."""
    for number in (1, 2, 3):
        yield Part(PartKind.TOKEN, {"text": str(number)})
    return DONE


COUNTING = Pipeline("test.count", "Count", Lane.CPU, ("*",), NoParams, count_to_three)


def a_job(
    store: Store,
    owner: str = OWNER,
    pipeline: Pipeline = COUNTING,
    priority: Priority = Priority.INTERACTIVE,
    inputs: Iterable[File] = (),
) -> Job:
    """A job that was accepted just now."""
    return submit(store, Submission(owner, pipeline, {}, [file.id for file in inputs], priority=priority))


def a_claim(store: Store, job: Job, worker: str = "worker-1") -> Claim:
    """The job, claimed."""
    claimed = claim(store, job.id, Holder(worker))
    assert claimed is not None, f"{job.id} could not be claimed"
    return claimed


def succeed(store: Store, claimed: Claim, result: Result = DONE) -> None:
    """Finish a claimed job."""
    ending.end(store, ends.succeeded(claimed.row, store.clock(), result))


def fail(store: Store, claimed: Claim, code: str = "bad_input", message: str = "no") -> None:
    """End a claimed job as failed."""
    ending.end(store, ends.failed(claimed.row, store.clock(), code, message))


def fail_in_passing(store: Store, claimed: Claim) -> None:
    """End a run by a failure that may pass."""
    ending.end(store, ends.to_be_retried(store, claimed.row, store.clock(), "transient_failure", "the network is away"))


def hand_back(store: Store, claimed: Claim) -> None:
    """End a run because its worker is going away."""
    ending.end(store, ends.handed_back(claimed.row, store.clock()))


def a_file(store: Store, content: bytes = b"hello", owner: str = OWNER) -> File:
    """A file whose bytes are kept and whose row is not written yet."""
    blob = store.blobs.keep(store.blobs.receive([content], CHUNK_BYTES))
    return File(new_id(), owner, "hello.txt", "text/plain", blob.size_bytes, blob.sha256, store.clock())


def a_text(store: Store, content: bytes = b"hello", owner: str = OWNER) -> tuple[File, dict[str, bytes]]:
    """A text that is to lie in the database, and its bytes as a submission has them."""
    file = text_file(store, owner, Text("hello.txt", content))
    return file, {file.id: content}


def story(store: Store, job: Job) -> list[str]:
    """The types of the job's events, in order."""
    return [_type(event) for event in store.wire.read("0-0") if event.job_id == job.id]


def _type(event: Numbered) -> str:
    return next(kind.value for kind in EventType if f'"type":"{kind.value}"' in event.body)
