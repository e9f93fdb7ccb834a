"""What goes by rules of retention, and what is needed and stays."""

from collections.abc import Callable
from threading import Event

import pytest
from sqlalchemy import insert
from support.batching import KEYWORDS, a_batch, do_jobs, standing, tend
from support.chatting import a_conversation, ask
from support.remembering import passage, remember
from support.stores import HandClock, with_settings
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, story, succeed

from triptych.batches.owner import start
from triptych.batches.tables import batches
from triptych.database import metadata
from triptych.files import File, add_files
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel
from triptych.jobs.reading import Filter, list_jobs
from triptych.memory import marks
from triptych.memory import values as memory
from triptych.memory.reading import list_sources, memories_of_source
from triptych.retention.due import count_due
from triptych.retention.removing import remove_due
from triptych.retention.rules import Rule, What, forget_rules, keep_rules, own_rules
from triptych.store import Store
from triptych.uploads import list_owned

pytestmark = pytest.mark.redis

DAY_S = 86_400.0
BOTH = [Rule(What.JOBS, 30), Rule(What.FILES, 30)]


def a_finished_job(store: Store, *inputs: File) -> Job:
    job = a_job(store, inputs=inputs)
    succeed(store, a_claim(store, job))
    return job


def a_stored_file(store: Store, owner: str = OWNER) -> File:
    file = a_file(store, owner=owner)
    with store.database.write() as connection:
        add_files(connection, [file])
    return file


def removed(store: Store) -> int:
    return remove_due(store, Event())


def jobs_of(store: Store) -> list[str]:
    return [job.id for job in list_jobs(store, OWNER, Filter(), 100)]


def files_of(store: Store) -> list[str]:
    return [file.id for file in list_owned(store, OWNER, None, 100)]


def test_what_is_old_enough_goes_and_is_told(timed: Store, clock: HandClock) -> None:
    old, unused = a_finished_job(timed), a_stored_file(timed)
    clock.forward(31 * DAY_S)
    new = a_finished_job(timed)
    keep_rules(timed, OWNER, BOTH)

    due = count_due(timed, OWNER, BOTH)
    count = removed(timed)

    assert (due.jobs, due.files, due.size_bytes, count) == (1, 1, unused.size_bytes, 2)
    assert (jobs_of(timed), files_of(timed)) == ([new.id], [])
    assert story(timed, old)[-1] == "job.deleted"


def test_nothing_goes_where_nobody_says_so(timed: Store, clock: HandClock) -> None:
    job, file = a_finished_job(timed), a_stored_file(timed)
    clock.forward(10_000 * DAY_S)

    count = removed(timed)

    assert count == 0
    assert (jobs_of(timed), files_of(timed)) == ([job.id], [file.id])


def test_houses_rules_hold_for_those_who_have_none(timed: Store, clock: HandClock) -> None:
    house = with_settings(timed, retention_days=30)
    mine, other = a_stored_file(timed), a_stored_file(timed, "grace")
    a_stored_file(timed, "import:somebody")
    keep_rules(timed, OWNER, [])
    clock.forward(31 * DAY_S)

    first = removed(house)
    forget_rules(timed, OWNER)
    second = removed(house)

    assert (first, second) == (1, 1)
    assert list_owned(timed, "grace", None, 10) == []
    assert len(list_owned(timed, "import:somebody", None, 10)) == 1
    assert (mine.owner, other.owner) == (OWNER, "grace")
    assert own_rules(timed, OWNER) is None


def test_rule_is_about_its_pipeline_or_media_type_alone(timed: Store, clock: HandClock) -> None:
    a_finished_job(timed)
    a_stored_file(timed)
    clock.forward(31 * DAY_S)

    counts = [
        count_due(timed, OWNER, [rule])
        for rule in (
            Rule(What.JOBS, 30, pipeline=COUNTING.name),
            Rule(What.JOBS, 30, pipeline="another"),
            Rule(What.FILES, 30, media="text/*"),
            Rule(What.FILES, 30, media="text/plain"),
            Rule(What.FILES, 30, media="audio/*"),
        )
    ]

    assert [(due.jobs, due.files) for due in counts] == [(1, 0), (0, 0), (0, 1), (0, 1), (0, 0)]


def test_file_goes_when_the_last_job_that_has_it_went(timed: Store, clock: HandClock) -> None:
    file = a_stored_file(timed)
    job = a_job(timed, inputs=[file])
    clock.forward(31 * DAY_S)
    keep_rules(timed, OWNER, BOTH)

    while_it_waits = removed(timed)
    cancel(timed, OWNER, job.id)
    just_finished = removed(timed)
    clock.forward(31 * DAY_S)
    in_the_end = removed(timed)

    assert (while_it_waits, just_finished, in_the_end) == (0, 0, 2)


def pin(store: Store, source: memory.Source) -> None:
    [one] = memories_of_source(store, OWNER, source.id, None, 1)
    marks.pin(store, OWNER, one.id)


def note(store: Store, source: memory.Source) -> None:
    marks.add_note(store, OWNER, source.id, "this one")


def collect(store: Store, source: memory.Source) -> None:
    marks.collect(store, OWNER, marks.create_collection(store, OWNER, "Sea").id, source.id)


@pytest.mark.parametrize("mark", [pin, note, collect])
def test_what_is_marked_in_the_memory_stays_with_the_job_that_worked_on_it(
    timed: Store, clock: HandClock, mark: Callable[[Store, memory.Source], None]
) -> None:
    file = a_stored_file(timed)
    job = a_finished_job(timed, file)
    remember(timed, passage("the ships sail out"), file=file, job=job)
    [source] = list_sources(timed, OWNER, memory.Filter(), None, 1)
    clock.forward(31 * DAY_S)
    unmarked = count_due(timed, OWNER, BOTH).jobs
    mark(timed, source.source)
    keep_rules(timed, OWNER, BOTH)

    count = removed(timed)

    assert (unmarked, count) == (1, 0)
    assert (jobs_of(timed), files_of(timed)) == ([job.id], [file.id])


def test_replies_and_attachments_of_a_conversation_stay(timed: Store, clock: HandClock) -> None:
    file = a_stored_file(timed)
    asked = ask(timed, a_conversation(timed, OWNER), "What is it?", files=[file])
    cancel(timed, OWNER, str(asked.reply.job_id))
    clock.forward(31 * DAY_S)

    due = count_due(timed, OWNER, BOTH)

    assert (due.jobs, due.files) == (0, 0)


def test_jobs_of_a_batch_that_is_under_way_stay(timed: Store, clock: HandClock) -> None:
    job = a_finished_job(timed)
    columns = {column.name: 0 for column in batches.c if not column.nullable}
    row = {**columns, "id": "b" * 36, "owner": OWNER, "kind": "triptych", "name": "", "state": "running"}
    with timed.database.write() as connection:
        connection.execute(insert(batches).values({**row, "asked": {}, "is_dry_run": False, "pipelines": {}}))
        connection.execute(metadata.tables["jobs"].update().values(batch_id="b" * 36, batch_line=1))
    clock.forward(31 * DAY_S)

    under_way = count_due(timed, OWNER, BOTH).jobs
    with timed.database.write() as connection:
        connection.execute(batches.update().values(finished_at=clock.now))
    finished = count_due(timed, OWNER, BOTH).jobs

    assert (under_way, finished) == (0, 1)
    assert jobs_of(timed) == [job.id]


def test_files_that_lines_of_a_batch_may_name_stay_until_their_jobs_are_made(timed: Store, clock: HandClock) -> None:
    file = a_stored_file(timed)
    clock.forward(31 * DAY_S)
    batch_id = a_batch(timed, [{"file": file.id}], is_dry_run=True, asked={**KEYWORDS, "remember": False})
    keep_rules(timed, OWNER, BOTH)

    while_it_is_read = removed(timed)
    tend(timed)
    while_it_waits = removed(timed)
    start(timed, OWNER, batch_id)
    tend(timed)
    do_jobs(timed, batch_id)
    tend(timed)
    done = standing(timed, batch_id).lines.succeeded
    clock.forward(31 * DAY_S)
    removed(timed)

    assert (while_it_is_read, while_it_waits, done) == (0, 0, 1)
    assert files_of(timed) == []
