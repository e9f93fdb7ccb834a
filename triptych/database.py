"""One way to the database, SQLite or PostgreSQL: short transactions that are durable when they say so."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeAlias

from sqlalchemy import JSON, Connection, Engine, MetaData, create_engine, event, func, literal, make_url, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from triptych.blobs import NoDisk
from triptych.sqlite_driver import load_vectors, sqlite_driver

Clock: TypeAlias = Callable[[], float]  # seconds since the Unix epoch

BUSY_TIMEOUT_MS = 10_000
LOOK_S = 0.0001  # for the write lock: a transaction of ours takes a few tenths of a millisecond
LOOKS_FOR_LOCK = 500
IDLE_S = 1.0  # a connection that was used since is taken to be alive; if not, the database is told as away once
READ_ONLY = "triptych_read_only"
DISK_FULL = ("disk is full", "No space left on device")  # SQLite's and PostgreSQL's words

# When a PostgreSQL whose host no longer answers is given up: well within a lease, so that a worker's next renewal is in
# time. A host that drops packets would else be waited for for minutes, and a connection it forgot for hours.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
SILENCE = {
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 5,  # seconds; then a question every interval, and after the last the end
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds that what was sent may go without an acknowledgement
}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

JsonColumn = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class DatabaseAway(Exception):
    """The database did not answer, or could not do this now; the same may work in a moment."""


class DatabaseFull(NoDisk, DatabaseAway):
    """The database could not write because its disk is full."""


@dataclass(frozen=True, slots=True)
class Database:
    """Opens transactions on ``engine``; nothing else in the house begins one."""

    engine: Engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block and rolls back on an exception.

        On SQLite it takes the write lock at once, so that reading and then writing never meets a stale snapshot.
        Raises DatabaseAway.
        """
        with _away_is_told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with. Raises DatabaseAway.

        On PostgreSQL each statement is its own transaction, which sees the rows anew in any case: a third of the trips.
        """
        with self.at_once() if self.is_postgresql else self._reading() as connection:
            yield connection

    @contextmanager
    def read_under(self, settings: Mapping[str, str]) -> Iterator[Connection]:
        """A connection to read with, on PostgreSQL a transaction under ``settings`` of it. Raises DatabaseAway."""
        if not self.is_postgresql:
            with self._reading() as connection:
                yield connection
            return
        with _away_is_told(), self.engine.begin() as connection:
            set_all = [func.set_config(name, value, literal(True)) for name, value in settings.items()]
            connection.execute(select(*set_all))
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection to read with that sees everything as it was at first, however long. Raises DatabaseAway."""
        if not self.is_postgresql:
            with self._reading() as connection:
                yield connection
            return
        repeatable = {"isolation_level": "REPEATABLE READ"}
        with _away_is_told(), self.engine.connect().execution_options(**repeatable) as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A connection that commits each statement, which on PostgreSQL takes one round trip. Raises DatabaseAway."""
        with _away_is_told(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @property
    def is_postgresql(self) -> bool:
        """Whether it is a server, and every statement a round trip to it."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _away_is_told(), self.engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def _away_is_told() -> Iterator[None]:
    try:
        yield
    except (
        OperationalError,
        InterfaceError,
        InternalError,
        PoolTimeout,
    ) as error:  # a primary turned read-only is the third
        full = isinstance(error, OperationalError) and any(words in str(error.orig) for words in DISK_FULL)
        raise (DatabaseFull if full else DatabaseAway)(str(error)) from error


def open_database(url: str, *, synchronous: str = "FULL", pool_size: int = 5, idle_s: float = IDLE_S) -> Database:
    """Open the database at ``url``.

    ``synchronous`` matters to SQLite alone: FULL survives a power cut after each commit and is what accepting work
    needs; NORMAL may lose the last commits then, which a worker can afford, since its lease lapses and the run repeats.
    A ``pool_size`` of 0 keeps no connection open between transactions, as a process that forks must. A connection to
    PostgreSQL that lay idle for ``idle_s`` seconds is asked whether it still stands. The limits of
    ``SILENCE`` may be set in the URL: ``?connect_timeout=30``.
    """
    if url.startswith("sqlite:"):
        return Database(_open_sqlite(url, synchronous, pool_size))
    limits = {name: limit for name, limit in SILENCE.items() if name not in make_url(url).query}
    engine = create_engine(url, connect_args=limits, **_pool(pool_size))
    _ask_the_idle(engine, idle_s)
    return Database(engine)


def _ask_the_idle(engine: Engine, idle_s: float) -> None:
    """Replace a pooled connection whose server has gone away, at the cost of a round trip for one that lay idle."""

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() - record.info.get("used_at", float("inf")) < idle_s:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _open_sqlite(url: str, synchronous: str, pool_size: int) -> Engine:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    driver = sqlite_driver()
    engine = create_engine(
        url,
        module=driver,
        **_pool(pool_size),
        connect_args={"check_same_thread": False},
        json_serializer=_compact_json,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # Any: SQLAlchemy hands over the driver's own object
        connection.isolation_level = None  # transactions are begun by us, below
        load_vectors(connection)
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY, False):
            connection.exec_driver_sql("BEGIN")
        elif not _begins_writing_soon(connection.connection.dbapi_connection, driver.OperationalError):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _begins_writing_soon(connection: Any, is_locked: type[Exception]) -> bool:  # Any: the driver's own object
    """Look for the write lock every ``LOOK_S`` for a while, and begin when it is free; else False.

    SQLite itself looks after 1, 2, 5, 10, 15 ... ms: as long as several of our transactions take.
    """
    connection.execute("PRAGMA busy_timeout=0")
    try:
        for _ in range(LOOKS_FOR_LOCK):
            try:
                connection.execute("BEGIN IMMEDIATE")
            except is_locked:
                sleep(LOOK_S)
                continue
            return True
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    return False


def _pool(size: int) -> dict[str, Any]:  # Any: arguments of create_engine
    return {"pool_size": size, "max_overflow": 20} if size else {"poolclass": NullPool}


def _compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
