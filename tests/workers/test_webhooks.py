"""The chore sends what is due, keeps on when the database was away, and throws old deliveries out of the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from support.receiver import Receiver, a_webhook, deliver, receiving
from support.until import until
from support.work import OWNER, a_claim, a_job, succeed

from triptych.store import Store
from triptych.webhooks.deliveries import list_deliveries, send_test
from triptych.webhooks.keeping import KEEP_S
from workers.webhooks import send_webhooks

pytestmark = pytest.mark.redis


@pytest.fixture
def receiver():
    with receiving() as one:
        yield one


@pytest.fixture
def at_home(sqlite_store: Store) -> Store:
    """A store whose webhooks may lead to this machine."""
    return replace(sqlite_store, settings=sqlite_store.settings.model_copy(update={"webhook_private": True}))


@contextmanager
def chore(store: Store) -> Iterator[None]:
    """The chore, running until the end of the block."""
    stopped = Event()
    thread = Thread(target=send_webhooks, args=(store, stopped))
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def test_an_end_is_sent_by_the_chore(at_home: Store, receiver: Receiver) -> None:
    hook = a_webhook(at_home, OWNER, receiver.url)

    with chore(at_home):
        succeed(at_home, a_claim(at_home, a_job(at_home)))
        [got] = until(lambda: receiver.got, pause_s=0.01)

    assert got.verified(hook.secret)["type"] == "job.succeeded"


def test_the_chore_goes_on_when_the_database_is_back(at_home: Store, receiver: Receiver) -> None:
    hook = a_webhook(at_home, OWNER, receiver.url).webhook.id
    send_test(at_home, OWNER, hook)
    with at_home.database.write() as connection:
        connection.execute(text("ALTER TABLE webhook_outbox RENAME TO lost"))

    with capture_logs() as logs, chore(at_home):
        until(lambda: logs, pause_s=0.01)
        with at_home.database.write() as connection:
            connection.execute(text("ALTER TABLE lost RENAME TO webhook_outbox"))
        [got] = until(lambda: receiver.got, pause_s=0.01)

    assert {one["event"] for one in logs} == {"webhooks wait for the database"}
    assert b"webhook.test" in got.body


def test_the_chore_forgets_what_is_old(at_home: Store, receiver: Receiver) -> None:
    hook = a_webhook(at_home, OWNER, receiver.url).webhook.id
    send_test(at_home, OWNER, hook)
    deliver(at_home)
    later = replace(at_home, clock=lambda: at_home.clock() + KEEP_S + 1)

    with chore(later):
        is_empty = until(lambda: not list_deliveries(at_home, OWNER, hook, None, None, 10), pause_s=0.01)

    assert is_empty
