"""A worker's steps by hand: claim, make something, finish; no threads and no broker."""

from pathlib import Path

from pipelines.contract import EngineUsed, Output, Part, PartKind, Result
from triptych.jobs import ending, ends, leases, making
from triptych.store import Store


def start(store: Store, job_id: str) -> leases.Claim:
    """Claim the job."""
    claimed = leases.claim(store, job_id, leases.Holder("cpu@test"))
    assert claimed is not None
    return claimed


def finish(store: Store, job_id: str) -> None:
    """Run the job to its end without parts or outputs."""
    succeed(store, start(store, job_id))


def succeed(store: Store, claimed: leases.Claim) -> None:
    """Finish a claimed job."""
    result = Result({"words": 2}, EngineUsed("by hand", "none"), ("a warning",))
    ending.end(store, ends.succeeded(claimed.row, store.clock(), result))


def make_part(store: Store, claimed: leases.Claim, seq: int, text: str) -> None:
    """Keep a token."""
    making.keep_part(store, claimed, seq, Part(PartKind.TOKEN, {"text": text}))


def make_output(store: Store, claimed: leases.Claim, path: Path, name: str, media_type: str) -> None:
    """Keep an output with the file's bytes."""
    making.keep_output(store, claimed, 0, Output(name, media_type, path))
