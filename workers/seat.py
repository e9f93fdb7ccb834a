"""The executor of each process: opened after a fork and never shared across one."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock

from pipelines.catalogue import Pipeline
from pipelines.contract import Network
from pipelines.engines.memory_running_out import free_device_bytes
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork, RememberedNetwork
from triptych.jobs.leases import Holder
from triptych.settings import Settings
from triptych.store import open_store
from workers.executor import Executor
from workers.pass_counts import PassCounts
from workers.posts import Board
from workers.residents import Residents
from workers.warming import models_for, replies_are_written_here, warm_in_background, warm_replies_in_background


class Seat:
    """Gives the process that asks its own executor, with its own connections and models.

    Database connections and CUDA contexts do not survive a fork, so a child must never use its parent's. What the
    processes of a worker share is made here, before the forks: the board and the lease holder's token.
    """

    def __init__(self, settings: Settings, pipelines: Mapping[str, Pipeline]) -> None:
        self._settings = settings
        self._pipelines = pipelines
        self._holder = Holder("")
        self._warm: list[str] = []
        self._writes_replies = False
        self._executor: Executor | None = None
        self._opening = Lock()
        self.board = Board()

    @property
    def token(self) -> str:
        """What this worker's leases carry."""
        return self._holder.token

    def take(self, worker: str, lanes: Collection[str]) -> None:
        """Set the name under which this worker's runs are recorded, and the lanes whose jobs they are."""
        self._holder = Holder(worker, self._holder.token)
        self._warm = models_for(lanes, self._settings, self._pipelines)
        self._writes_replies = replies_are_written_here(lanes, self._settings)

    def begin(self) -> None:
        """Have the calling process load what its jobs are likely to need, in the background."""
        if self._writes_replies:
            warm_replies_in_background()
        if self._warm or self._writes_replies:
            self._opened()

    def drain(self) -> None:
        """Have no more jobs claimed, by any process of the worker, and running ones handed back after the grace."""
        self.board.drain()

    @property
    def executor(self) -> Executor:
        """The executor of the calling process, opened at its first call."""
        return self._opened()

    def _opened(self) -> Executor:
        with self._opening:
            if self._executor is None or self._executor.holder.process_id != os.getpid():
                self._executor = self._open()
            return self._executor

    def _open(self) -> Executor:
        # Losing a worker's last commits in a power cut only means that a lease lapses: NORMAL is enough here.
        threads = max(self._settings.gpu_slots, self._settings.net_slots)
        store = open_store(self._settings, synchronous="NORMAL", pool_size=threads + 2)
        holder = self._holder.forked()
        residents, passes = Residents(store, holder), PassCounts(store)
        models = BoundedModelCache(self._settings.model_bytes, free_device_bytes, residents.note, passes.note)
        residents.start()
        passes.start()
        network = _network(self._settings)
        warm_in_background(self._warm, models, self._settings, network)
        return Executor(store, models, network, self._pipelines, holder, self.board, self.board.is_draining)


def _network(settings: Settings) -> Network:
    return NoNetwork() if settings.offline else RememberedNetwork(Path(settings.home).absolute() / "network")
