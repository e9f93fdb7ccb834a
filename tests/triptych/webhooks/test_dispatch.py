"""Who never answers holds up nobody else: neither another webhook, nor another owner, nor the database."""

from collections.abc import Iterator

import pytest
from support.receiver import LONGEST_S, Receiver, a_sender, a_webhook, listening, receiving
from support.stores import HandClock
from support.work import OWNER, a_claim, a_job, succeed

from triptych.store import Store
from triptych.webhooks.deliveries import list_deliveries, send_test
from triptych.webhooks.dispatch import EACH_OWNER, EACH_WEBHOOK, Dispatch
from triptych.webhooks.values import DeliveryState

pytestmark = pytest.mark.redis


@pytest.fixture
def silent() -> Iterator[Receiver]:
    """Takes everything and answers nothing."""
    with receiving() as one:
        one.silent = True
        yield one


def several_for(store: Store, owner: str, url: str, count: int) -> str:
    """A webhook with so many deliveries that are due; its id."""
    hook = a_webhook(store, owner, url).webhook.id
    for _ in range(count):
        send_test(store, owner, hook)
    return hook


def states(store: Store, owner: str, hook: str) -> set[DeliveryState]:
    return {one.state for one in list_deliveries(store, owner, hook, None, None, 100)}


def work_until(dispatch: Dispatch, sending: int) -> None:
    """Step until no more than so many are on their way."""
    dispatch.step()
    while dispatch.sending > sending:
        dispatch.rest(LONGEST_S)
        dispatch.step()


def test_a_receiver_that_never_answers_holds_up_no_other(
    sqlite_store: Store, silent: Receiver, receiver: Receiver
) -> None:
    dead = several_for(sqlite_store, OWNER, silent.url, 3 * EACH_WEBHOOK)
    alive = several_for(sqlite_store, OWNER, receiver.url, 20)
    dispatch = Dispatch(sqlite_store, a_sender(sqlite_store.clock))

    work_until(dispatch, EACH_WEBHOOK)

    assert states(sqlite_store, OWNER, alive) == {DeliveryState.DELIVERED}
    assert states(sqlite_store, OWNER, dead) == {DeliveryState.PENDING}
    assert dispatch.sending == EACH_WEBHOOK


def test_an_owner_whose_receivers_never_answer_holds_up_no_other(
    sqlite_store: Store, silent: Receiver, receiver: Receiver
) -> None:
    for _ in range(EACH_OWNER):
        several_for(sqlite_store, OWNER, silent.url, EACH_WEBHOOK)
    alive = several_for(sqlite_store, "bob", receiver.url, 5)
    dispatch = Dispatch(sqlite_store, a_sender(sqlite_store.clock))

    work_until(dispatch, EACH_OWNER)

    assert states(sqlite_store, "bob", alive) == {DeliveryState.DELIVERED}
    assert dispatch.sending == EACH_OWNER


def test_a_webhook_that_failed_is_sent_one_at_a_time(timed: Store, clock: HandClock, receiver: Receiver) -> None:
    receiver.status = 500
    several_for(timed, OWNER, receiver.url, 1)
    dispatch = Dispatch(timed, a_sender(clock))
    work_until(dispatch, 0)
    receiver.silent = True

    for _ in range(3):
        succeed(timed, a_claim(timed, a_job(timed)))
    clock.forward(1.0)
    dispatch.step()

    assert dispatch.sending == 1


def test_an_end_is_written_while_a_receiver_does_not_answer(sqlite_store: Store, silent: Receiver) -> None:
    a_webhook(sqlite_store, OWNER, silent.url)
    dispatch = Dispatch(sqlite_store, a_sender(sqlite_store.clock))
    succeed(sqlite_store, a_claim(sqlite_store, a_job(sqlite_store)))
    dispatch.step()

    succeed(sqlite_store, a_claim(sqlite_store, a_job(sqlite_store)))
    dispatch.step()

    assert dispatch.sending == 2


def test_several_processes_send_each_delivery_once(store: Store, receiver: Receiver) -> None:
    hook = several_for(store, OWNER, receiver.url, 12)
    dispatches = [Dispatch(store, a_sender(store.clock)) for _ in range(3)]

    while states(store, OWNER, hook) != {DeliveryState.DELIVERED}:
        for dispatch in dispatches:
            dispatch.step()
        for dispatch in dispatches:
            dispatch.rest(LONGEST_S if dispatch.sending else 0.0)

    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert len(ids) == len(set(ids)) == 12


def test_an_answer_that_no_database_takes_holds_up_no_other(store: Store, receiver: Receiver) -> None:
    with listening(b"HTTP/1.1 2\0 00 OK\r\n\r\n") as url:
        odd = several_for(store, "eve", url, 1)
        dispatch = Dispatch(store, a_sender(store.clock))
        work_until(dispatch, 0)
    alive = several_for(store, OWNER, receiver.url, 1)

    work_until(dispatch, 0)

    assert states(store, OWNER, alive) == {DeliveryState.DELIVERED}
    assert states(store, "eve", odd) == {DeliveryState.PENDING}
