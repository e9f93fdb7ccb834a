"""Indexing: how many memories a second a worker makes of what other jobs made, texts and pictures.

Each row is a worker's executor in one process that does `memory.index` jobs, up to 16 in a message, until all that wait
are done: reading the inputs, making vectors, keeping words and vectors. Documents are the first ones of
`bench/corpus.py`, 48 facts each; short texts are a fact each; pictures are made, and the weights that compare them are
random, in the published shape. Words alone is the same without any vectors. A first job of each kind, which loads the
models, is not in the time.

    python -m bench.indexing [--documents 8] [--texts 128] [--pictures 32] [--home DIRECTORY]
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select

from bench.corpus import made_corpus
from bench.databases import private_databases
from bench.images import made_picture, written_weights
from bench.machine import file_system
from bench.noop import NOOP
from bench.rates import device_name
from bench.stack import private_redis
from bench.table import Table, print_tables
from pipelines.catalogue import catalogue
from pipelines.contract import EngineUsed, Result
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.house import Space, SpaceKind
from triptych.files import File
from triptych.ids import new_id
from triptych.jobs import ending, ends
from triptych.jobs.leases import Holder, claim_all
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_all
from triptych.jobs.tables import jobs
from triptych.logs import configure_logs
from triptych.memory.spaces import open_space
from triptych.memory.tables import memories
from triptych.settings import Settings
from triptych.store import Store, open_store
from workers.executor import Executor
from workers.posts import Board

OWNER = "bench"
CLASSIFIER = "vit_base_patch16_224"
MESSAGE = 16  # index jobs, as a worker hears of them
MOST_BYTES = 1 << 20
DONE = Result({}, EngineUsed("none", "none"))
FOLLOWED = replace(NOOP, name="bench.made", accepts=("*",), remember=True)
NOWHERE = [Space(kind, "none", 8) for kind in SpaceKind]  # so that there are no vectors


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files of one kind: their media type, and the bytes of each; the first warms up."""

    media_type: str
    contents: Sequence[bytes]


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Index everything on each database, with vectors and without."""
    options = _options(arguments)
    configure_logs("WARNING", "console")
    kinds = _inputs(options)
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
        written_weights(CLASSIFIER, home / "models")
        models = BoundedModelCache()
        rows = []
        for has_vectors in (True, False):
            for server in running.enter_context(private_databases(home)):
                redis = running.enter_context(private_redis(Path(tempfile.mkdtemp(dir=home))))
                settings = Settings(home=home, redis_url=redis.url, database_url=server.url, offline=True)
                store = open_store(settings, synchronous="NORMAL")
                if not has_vectors:
                    _without_vectors(store)
                way = f"{server.name}{'' if has_vectors else ', words alone'}"
                rows += [(way, name, *indexed(store, models, inputs)) for name, inputs in kinds.items()]
                store.close()
        title = f"Vectors by {device_name()}, home on {file_system(home)}"
        yield Table(title, ("database", "of", "jobs", "memories", "memories a second", "jobs a second"), rows)


def indexed(store: Store, models: BoundedModelCache, inputs: Inputs) -> tuple[int, int, float, float]:
    """How many jobs were indexed, how many memories that made, and how many of both a second."""
    executor = Executor(store, models, NoNetwork(), catalogue(), Holder("bench"), Board())
    executor.execute(*_followed(store, Inputs(inputs.media_type, inputs.contents[:1])))
    waiting = _followed(store, Inputs(inputs.media_type, inputs.contents[1:]))
    before, began = _count(store), time.perf_counter()
    for first in range(0, len(waiting), MESSAGE):
        executor.execute(*waiting[first : first + MESSAGE])
    took_s = time.perf_counter() - began
    made = _count(store) - before
    return len(waiting), made, made / took_s, len(waiting) / took_s


def _followed(store: Store, inputs: Inputs) -> list[str]:
    """Have a job done on each of the inputs, and tell the ids of those that are to remember them."""
    wanted = [Submission(OWNER, FOLLOWED, {}, new_files=(_file(store, inputs, one),)) for one in inputs.contents]
    done = [job.id for job in submit_all(store, wanted)]
    claims = claim_all(store, done, Holder("bench"))
    ending.end_all(store, [ends.succeeded(claimed.row, store.clock(), DONE) for claimed in claims])
    with store.database.read() as connection:
        return list(connection.execute(select(jobs.c.id).where(jobs.c.parent_id.in_(done))).scalars())


def _file(store: Store, inputs: Inputs, content: bytes) -> File:
    blob = store.blobs.keep(store.blobs.receive([content], MOST_BYTES))
    return File(new_id(), OWNER, "1", inputs.media_type, blob.size_bytes, blob.sha256, store.clock())


def _count(store: Store) -> int:
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(memories)).scalar_one())


def _without_vectors(store: Store) -> None:
    with store.database.write() as connection:
        for space in NOWHERE:
            open_space(connection, space, store.clock())


def _inputs(options: argparse.Namespace) -> Mapping[str, Inputs]:
    corpus = made_corpus(7, 0)
    facts = [passage.text for passage in corpus.passages]
    documents: dict[int, list[str]] = {}
    for passage in corpus.passages:
        documents.setdefault(passage.document, []).append(passage.text)
    whole = ["\n\n".join(texts).encode() for texts in documents.values()]
    return {
        "documents": Inputs("text/plain", whole[: options.documents + 1]),
        "short texts": Inputs("text/plain", [text.encode() for text in facts[-options.texts - 1 :]]),
        "pictures": Inputs("image/jpeg", [_jpeg(number) for number in range(options.pictures + 1)]),
    }


def _jpeg(number: int) -> bytes:
    buffer = io.BytesIO()
    made_picture(number).save(buffer, "JPEG")
    return buffer.getvalue()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=8, help="of 48 facts each, 63 at most")
    parser.add_argument("--texts", type=int, default=128, help="of a fact each")
    parser.add_argument("--pictures", type=int, default=32)
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
