"""Removing what is old enough and needed by nothing, one by one, as its owner would."""

from collections.abc import Callable, Iterator, Sequence
from threading import Event

from sqlalchemy import select, union

from triptych.files import FileInUse, UnknownFile, files
from triptych.jobs.owner import JobNotFinished, UnknownJob, delete_job
from triptych.jobs.tables import jobs
from triptych.retention.due import StillNeeded, check_file, check_job, due_files, due_jobs
from triptych.retention.rules import Rule, house_rules, own_rules, retention
from triptych.store import Store
from triptych.uploads import remove_file

AT_A_TIME = 200
STAGED = "import:"  # owners of what is being brought in, which nobody has yet

Find = Callable[[Store, str, Sequence[Rule], str, int], Sequence[str]]
Remove = Callable[[Store, str, Sequence[Rule], str], None]


def remove_due(store: Store, stopped: Event) -> int:
    """Remove what is to go, of everybody, until ``stopped``; return how much that was.

    Each goes in a transaction of its own, which holds it, looks once more whether it is to go, and tells that it went.
    What is changed, used, marked or removed meanwhile is left; any number of processes may do this at once.
    """
    return sum(1 for owner, rules in _rules(store) for _ in _removed(store, owner, rules, stopped))


def _removed(store: Store, owner: str, rules: Sequence[Rule], stopped: Event) -> Iterator[str]:
    ways: Sequence[tuple[Find, Remove]] = ((due_jobs, _remove_job), (due_files, _remove_file))
    for find, remove in ways:
        after = ""
        while page := find(store, owner, rules, after, AT_A_TIME):
            for one in page:
                if stopped.is_set():
                    return
                try:
                    remove(store, owner, rules, one)
                except (StillNeeded, UnknownJob, JobNotFinished, UnknownFile, FileInUse):
                    continue
                yield one
            after = page[-1]


def _remove_job(store: Store, owner: str, rules: Sequence[Rule], job_id: str) -> None:
    delete_job(store, owner, job_id, check=lambda connection: check_job(connection, store, owner, rules, job_id))


def _remove_file(store: Store, owner: str, rules: Sequence[Rule], file_id: str) -> None:
    remove_file(store, owner, file_id, check=lambda connection: check_file(connection, store, owner, rules, file_id))


def _rules(store: Store) -> Iterator[tuple[str, Sequence[Rule]]]:
    """Whose things may go, and by which rules."""
    house = house_rules(store)
    everybody = union(select(jobs.c.owner).distinct(), select(files.c.owner).distinct())
    with store.database.read() as connection:
        owners = set(connection.execute(select(retention.c.owner)).scalars())
        if house:
            owners |= set(connection.execute(everybody).scalars())
    for owner in sorted(owners):
        own = own_rules(store, owner)
        rules = house if own is None else own
        if rules and not owner.startswith(STAGED):
            yield owner, rules
