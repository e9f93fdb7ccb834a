"""What every function of the house needs, as one argument: the database, the blobs, the wire, the clock, chance."""

from dataclasses import dataclass, field
from random import Random
from time import time

from triptych.accounts.flights import Flights
from triptych.blobs import Blobs, DirectoryBlobs
from triptych.blobs.cache import Cache
from triptych.blobs.s3 import open_s3
from triptych.database import Clock, Database, open_database
from triptych.jobs.paces import Paces
from triptych.memory.recent import RecentQuestions
from triptych.pending.digests import Digests
from triptych.settings import Settings
from triptych.wire import Wire, connect


@dataclass(frozen=True, slots=True)
class Store:
    """The open store of one process."""

    settings: Settings
    database: Database
    blobs: Blobs
    wire: Wire
    clock: Clock = field(default=time)
    random: Random = field(default_factory=Random)
    paces: Paces = field(default_factory=Paces)
    flights: Flights = field(default_factory=Flights)
    recent_questions: RecentQuestions = field(default_factory=RecentQuestions)
    digests: Digests = field(default_factory=Digests)

    def close(self) -> None:
        """Close the database; Redis' connections end with the process, since a relay may be reading from one."""
        self.database.close()


def open_blobs(settings: Settings) -> Blobs:
    """The blob store that ``settings`` describe; nobody is asked yet."""
    if not settings.blobs_url:
        return DirectoryBlobs(settings.blobs)
    return open_s3(settings.blobs, settings.blobs_url, Cache(settings.blob_cache, settings.blob_cache_bytes))


def open_store(settings: Settings, *, synchronous: str = "FULL", pool_size: int = 5) -> Store:
    """Open the store that ``settings`` describe; connections are made when first used."""
    database = open_database(settings.database, synchronous=synchronous, pool_size=pool_size)
    return Store(settings, database, open_blobs(settings), Wire(connect(settings.redis), settings.event_history))
