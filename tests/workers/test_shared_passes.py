"""Jobs that run in several threads of one worker share passes of its models, and Prometheus is told."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from support.work import OWNER, a_job

from api.metrics import Metrics
from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Result, Run, Source
from pipelines.engines.embedding import embedder
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.standalone import standalone_context
from triptych.jobs.leases import Holder
from triptych.jobs.reading import get_job
from triptych.store import Store
from workers.executor import Executor
from workers.pass_counts import PassCounts
from workers.posts import Board
from workers.tally import Outcome

pytestmark = [pytest.mark.redis, pytest.mark.engine]

THREADS = 5


def at_the_same_time(everybody: Barrier) -> Pipeline:
    """A pipeline whose runs embed a text at the same time."""

    def embed(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        model, engine, _ = embedder(context)
        everybody.wait()
        [vector] = model.encode(["The ferry left at noon."], context.check)
        return Result({"vector": vector.tolist()}, engine)
        yield

    return Pipeline("test.embed", "Embed", Lane.GPU, ("*",), NoParams, embed)


def test_jobs_of_several_threads_share_passes_and_metrics_tell_of_it(sqlite_store: Store, tmp_path) -> None:
    pipeline = at_the_same_time(Barrier(THREADS))
    counts = PassCounts(sqlite_store)
    models, known = BoundedModelCache(note_pass=counts.note), {pipeline.name: pipeline}
    executor = Executor(sqlite_store, models, NoNetwork(), known, Holder("gpu@here"), Board())
    jobs = [a_job(sqlite_store, pipeline=pipeline) for _ in range(THREADS)]

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = list(threads.map(executor.execute, [job.id for job in jobs]))
    counts.write()

    assert outcomes == [[Outcome.SUCCEEDED]] * THREADS
    told = Metrics(sqlite_store).text().decode()
    passes = float(told.partition('triptych_pass_items_count{kind="sentence-bert/texts"} ')[2].split()[0])
    assert f'triptych_pass_items_sum{{kind="sentence-bert/texts"}} {THREADS}.0' in told
    assert 1 <= passes < THREADS
    alone = embedder(standalone_context(tmp_path))[0].encode(["The ferry left at noon."], lambda: None)[0]
    for job in jobs:
        result = get_job(sqlite_store, OWNER, job.id).result
        assert result is not None
        assert np.allclose(result["vector"], alone, atol=1e-5)
