"""What a memory occupies: on the disk, by what the tables hold, and in the processes that search it."""

from collections.abc import Mapping, Sequence

import psutil
from sqlalchemy import text

from bench.databases import Server
from triptych.memory.spaces import spaces
from triptych.store import Store

MIB = 1024**2

_RELATIONS = text(
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_PAGES = text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
_WORDS = text(
    "SELECT (SELECT sum(length(block)) FROM memory_words_data)"
    " + (SELECT sum(length(c0) + length(c1)) FROM memory_words_content)"
)


def disk_bytes(store: Store) -> Mapping[str, int]:
    """Bytes of ``rows``, ``words`` and ``vectors``, with their indexes.

    Those of SQLite's words and vectors are what is in them; what pages leave free counts as rows.
    """
    vectors = [stored.vectors for stored in spaces(store)]
    with store.database.read() as connection:
        if store.database.is_postgresql:
            sizes = {row.relname: int(row[1]) for row in connection.execute(_RELATIONS)}
            words, near = sizes["memory_words"], sum(sizes[name] for name in vectors)
            return {"rows": sum(sizes.values()) - words - near, "words": words, "vectors": near}
        words = int(connection.execute(_WORDS).scalar_one())
        near = sum(int(connection.execute(text(_in_vectors(name))).scalar_one()) for name in vectors)
        return {"rows": int(connection.execute(_PAGES).scalar_one()) - words - near, "words": words, "vectors": near}


def private_mib(server: Server) -> int:
    """Memory that nobody shares of the processes that search: this one, or the server's."""
    return sum(map(_private_bytes, _processes(server))) // MIB


def _in_vectors(name: str) -> str:
    return f"SELECT (SELECT sum(length(vector)) FROM {name}) + (SELECT sum(length(signs)) FROM {name}_signs)"


def _private_bytes(process: psutil.Process) -> int:
    """0 of one that ended meanwhile, as PostgreSQL's workers do."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return 0


def _processes(server: Server) -> Sequence[psutil.Process]:
    if server.pid is None:
        return [psutil.Process()]
    parent = psutil.Process(server.pid)
    return [parent, *parent.children(recursive=True)]
