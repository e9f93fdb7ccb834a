"""Archives of one owner come in one after another, whichever process brings them."""

import pytest
from support.archives import a_full_memory, exported

from triptych.memory.archive.bringing import import_archive
from triptych.memory.archive.turns import ImportUnderWay, turn
from triptych.store import Store, open_store


def test_second_archive_of_an_owner_has_to_wait_in_another_process_too(sqlite_store: Store):
    other_process = open_store(sqlite_store.settings)

    with turn(sqlite_store, "ada"), pytest.raises(ImportUnderWay), turn(other_process, "ada"):
        pass

    other_process.close()


def test_archives_of_two_owners_come_in_beside_each_other(sqlite_store: Store, tmp_path):
    a_full_memory(sqlite_store, tmp_path)
    archive = exported(sqlite_store, tmp_path / "all.zip")

    with turn(sqlite_store, "ada"), turn(sqlite_store, "grace"):
        brought = import_archive(sqlite_store, "grace", archive)

    assert brought.memories == 3


def test_turn_is_given_back_by_an_import_that_fails(sqlite_store: Store):
    with pytest.raises(ValueError, match="no archive"), turn(sqlite_store, "ada"):
        raise ValueError("no archive")

    with turn(sqlite_store, "ada"):
        pass
