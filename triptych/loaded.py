"""Which processes of the workers hold which models in their memory, as each of them tells when that changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, String, Table, delete, insert, or_, select

from triptych.database import metadata
from triptych.workers import DROP_AFTER_S, FORGET_AFTER_S, workers

if TYPE_CHECKING:
    from triptych.jobs.leases import Holder
    from triptych.store import Store

loaded_models = Table(
    "loaded_models",
    metadata,
    Column("worker", String(255), primary_key=True),
    Column("holder", String(32), primary_key=True),  # the worker's incarnation: its lease holder's token
    Column("process_id", Integer, primary_key=True, autoincrement=False),
    Column("model", String(255), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in the memory of a worker's process, and what it occupies there."""

    model: str
    worker: str
    process_id: int
    size_bytes: int


def note_loaded(store: "Store", holder: "Holder", models: Mapping[str, int]) -> None:
    """Write down what the process of ``holder`` holds now, in bytes by model, in place of what it held before."""
    rows = [
        {
            "worker": holder.worker,
            "holder": holder.token,
            "process_id": holder.process_id,
            "model": model,
            "size_bytes": size_bytes,
        }
        for model, size_bytes in models.items()
    ]
    with store.database.write() as connection:
        connection.execute(
            delete(loaded_models).where(
                loaded_models.c.worker == holder.worker,
                loaded_models.c.holder == holder.token,
                loaded_models.c.process_id == holder.process_id,
            )
        )
        if rows:
            connection.execute(insert(loaded_models), rows)


def processes_with_models(store: "Store", worker: str, token: str) -> set[int]:
    """The processes of this worker, and of this incarnation of it, that hold something, dead ones included."""
    held = select(loaded_models.c.process_id).where(loaded_models.c.worker == worker, loaded_models.c.holder == token)
    with store.database.read() as connection:
        return set(connection.scalars(held))


def forget_loaded(store: "Store", worker: str, token: str, dead: Collection[int]) -> None:
    """Forget what the ``dead`` processes of this worker held, and what was held under its name before it began.

    What those held goes too that are to be dropped from the list of workers.
    """
    is_its_own = loaded_models.c.worker == worker
    is_gone = loaded_models.c.process_id.in_(dead) | (loaded_models.c.holder != token)
    dropped = select(workers.c.name).where(workers.c.seen_at < store.clock() - DROP_AFTER_S)
    with store.database.write() as connection:
        connection.execute(delete(loaded_models).where(or_(is_its_own & is_gone, loaded_models.c.worker.in_(dropped))))


def forget_worker(store: "Store", worker: str) -> None:
    """Forget what all processes of this worker held: it goes."""
    with store.database.write() as connection:
        connection.execute(delete(loaded_models).where(loaded_models.c.worker == worker))


def models_in_memory(store: "Store") -> list[Loaded]:
    """What the processes of the workers hold that were seen lately, by model, worker and process."""
    held = (
        select(loaded_models.c.model, loaded_models.c.worker, loaded_models.c.process_id, loaded_models.c.size_bytes)
        .join(workers, workers.c.name == loaded_models.c.worker)
        .where(workers.c.seen_at > store.clock() - FORGET_AFTER_S)
        .order_by(loaded_models.c.model, loaded_models.c.worker, loaded_models.c.process_id)
    )
    with store.database.read() as connection:
        return [Loaded(*row) for row in connection.execute(held)]
