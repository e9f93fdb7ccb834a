"""A pipeline whose server is away: runs that find it so, and the pause that comes of it."""

from dataclasses import replace

from support.stores import HandClock, admitted, ids_of
from support.work import COUNTING, a_claim, a_job
from triptych.jobs import ending, ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder, claim
from triptych.jobs.pauses import Pause
from triptych.store import Store
from triptych.wire import connect

REMOTE = replace(COUNTING, name="test.remote")
WHY = "http://whisper.example:9000 does not answer"


def find_it_away(store: Store, claimed: Claim) -> None:
    """End a run because the server that it needs does not answer."""
    ending.end(store, ends.server_away(claimed.row, store.clock(), "server_away", WHY))


def lack_its_download(store: Store, claimed: Claim, asked_s: float | None = None) -> None:
    """End a run because weights that it alone needs cannot be fetched."""
    why = "no weights tiny.pt, and weights.example cannot be reached"
    ending.end(store, ends.download_away(store, claimed.row, store.clock(), "server_away", why, asked_s))


def paused_by(store: Store) -> Job:
    """The job that has just found its server away, with which its pipeline waits."""
    job = a_job(store, pipeline=REMOTE)
    find_it_away(store, a_claim(store, job))
    connect(store.settings.redis).flushall()
    return job


def pauses(store: Store) -> list[Pause]:
    """The pauses that are told."""
    return [pause for load in lane_loads(store) for pause in load.paused]


def pause_s(store: Store) -> float:
    """How long the one pause is yet to last."""
    [pause] = pauses(store)
    return pause.until - store.clock()


def probe(store: Store, clock: HandClock) -> str:
    """Have the pause end and the one job that tries find the server away; return its id."""
    over(store, clock)
    [tried] = ids_of(admitted(store))
    claimed = claim(store, tried, Holder("worker-1"))
    assert claimed is not None
    find_it_away(store, claimed)
    return tried


def over(store: Store, clock: HandClock) -> None:
    """Wait until the pause is over."""
    clock.forward(pause_s(store))
