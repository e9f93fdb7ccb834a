"""Which SQLite this process speaks to: one that loads extensions, where there is one, since memories want vectors.

Two SQLites in one process may not open one file: what one closes unlocks the other's.
https://www.sqlite.org/howtocorrupt.html#_multiple_copies_of_sqlite_linked_into_the_same_application
"""

import sqlite3
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def sqlite_driver() -> ModuleType:
    """pysqlite3, which brings its own SQLite, where it is installed; else Python's, as it was built."""
    return import_module("pysqlite3.dbapi2") if find_spec("pysqlite3") else sqlite3


def load_vectors(connection: Any) -> bool:  # Any: the driver's own object
    """Have ``connection`` know sqlite-vec's functions and tables; False where it cannot be loaded."""
    if not hasattr(connection, "enable_load_extension") or find_spec("sqlite_vec") is None:
        return False
    import sqlite_vec

    connection.enable_load_extension(True)
    try:
        sqlite_vec.load(connection)
    finally:
        connection.enable_load_extension(False)
    return True
