"""What becomes of deliveries and their webhooks, attempt by attempt, on a clock that is moved by hand."""

from dataclasses import replace
from random import Random

import pytest
from support.accounts import acting, an_account
from support.receiver import ASKING, Receiver, a_sender, a_webhook, deliver
from support.stores import HandClock
from support.work import OWNER, a_claim, a_job, succeed

from triptych.accounts.users import change_user
from triptych.accounts.values import Role
from triptych.store import Store
from triptych.webhooks.claiming import LEASE_S, claim, list_due
from triptych.webhooks.deliveries import get_delivery, list_deliveries, replay, send_test
from triptych.webhooks.recording import record
from triptych.webhooks.registry import OLD_SECRET_S, change, get_webhook, rotate_secret
from triptych.webhooks.schedule import DELAYS_S, GIVE_UP_FAILURES, GIVE_UP_S, LONGEST_REST_S
from triptych.webhooks.signing import signed_headers
from triptych.webhooks.values import Delivery, DeliveryState

pytestmark = pytest.mark.redis

TRIES = len(DELAYS_S) + 1
A_DAY_S = 86_400.0


@pytest.fixture
def patient(sqlite_store: Store, clock: HandClock) -> Store:
    """A store with ``clock``, for what takes many attempts."""
    return replace(sqlite_store, clock=clock, random=Random(7))


def a_test(store: Store, hook: str) -> str:
    return send_test(store, OWNER, hook).id


def log_of(store: Store, hook: str) -> list[Delivery]:
    return list_deliveries(store, OWNER, hook, None, None, 100)


def try_until_it_rests(store: Store, clock: HandClock, hook: str, delivery: str) -> Delivery:
    """Let time pass from attempt to attempt."""
    while (found := get_delivery(store, OWNER, hook, delivery)).due_at is not None:
        clock.now = max(found.due_at, clock.now)
        deliver(store)
        clock.forward(LONGEST_REST_S)
    return found


def test_a_delivery_is_tried_over_a_day_and_then_failed(patient: Store, clock: HandClock, receiver: Receiver) -> None:
    receiver.status = 500
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    began = clock.now

    ended = try_until_it_rests(patient, clock, hook, a_test(patient, hook))

    assert ended.state is DeliveryState.FAILED
    assert [attempt.status for attempt in ended.attempts] == [500] * TRIES
    assert clock.now - began > A_DAY_S
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert get_webhook(patient, OWNER, hook).failing_since == began


def test_a_receiver_that_comes_back_gets_it(timed: Store, clock: HandClock, receiver: Receiver) -> None:
    receiver.status = 503
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    delivery = a_test(timed, hook)
    deliver(timed)
    receiver.status = 200

    ended = try_until_it_rests(timed, clock, hook, delivery)

    assert ended.state is DeliveryState.DELIVERED
    assert [attempt.status for attempt in ended.attempts] == [503, 200]
    standing = get_webhook(timed, OWNER, hook)
    assert (standing.failing_since, standing.delivered_at) == (None, ended.settled_at)


def test_nothing_is_sent_before_it_is_due(patient: Store, clock: HandClock, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    a_test(patient, hook)
    deliver(patient)

    clock.forward(3599)
    deliver(patient)
    early = len(receiver.got)
    clock.forward(1)
    deliver(patient)

    assert (early, len(receiver.got)) == (1, 2)


def test_a_receiver_that_is_gone_for_good_ends_its_webhook(patient: Store, receiver: Receiver) -> None:
    receiver.status = 410
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    delivery = a_test(patient, hook)

    deliver(patient)

    assert get_delivery(patient, OWNER, hook, delivery).state is DeliveryState.FAILED
    standing = get_webhook(patient, OWNER, hook)
    assert standing.disabled_at is not None
    assert standing.disabled_reason == "its receiver answered 410 Gone"


def test_a_webhook_that_never_gets_through_is_disabled_and_begins_anew_when_enabled(
    patient: Store, clock: HandClock, receiver: Receiver
) -> None:
    receiver.status = 500
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    for _ in range(GIVE_UP_FAILURES // TRIES):
        clock.forward(GIVE_UP_S)
        try_until_it_rests(patient, clock, hook, a_test(patient, hook))

    disabled = get_webhook(patient, OWNER, hook)
    change(patient, OWNER, ASKING, hook, {}, enabled=True)
    a_test(patient, hook)
    deliver(patient)

    assert disabled.disabled_at is not None
    assert disabled.disabled_reason is not None
    assert "16 attempts in a row failed" in disabled.disabled_reason
    standing = get_webhook(patient, OWNER, hook)
    assert (standing.disabled_at, standing.failing_since) == (None, clock.now)


def test_what_was_still_tried_is_given_up_with_its_webhook(timed: Store, receiver: Receiver) -> None:
    receiver.status = 500
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    a_test(timed, hook)
    deliver(timed)

    change(timed, OWNER, ASKING, hook, {}, enabled=False)
    change(timed, OWNER, ASKING, hook, {}, enabled=True)
    deliver(timed)

    assert [one.state for one in log_of(timed, hook)] == [DeliveryState.FAILED]
    assert len(receiver.got) == 1


def test_a_replay_has_as_many_attempts_as_a_new_delivery(patient: Store, clock: HandClock, receiver: Receiver) -> None:
    receiver.status = 500
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    delivery = a_test(patient, hook)
    try_until_it_rests(patient, clock, hook, delivery)

    replay(patient, OWNER, hook, delivery)
    ended = try_until_it_rests(patient, clock, hook, delivery)

    assert ended.state is DeliveryState.FAILED
    assert len(ended.attempts) == 2 * TRIES


def test_a_delivery_whose_sender_died_is_claimed_by_another(timed: Store, clock: HandClock, receiver: Receiver) -> None:
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    delivery = a_test(timed, hook)
    [dead] = claim(timed, [delivery])
    early = list_due(timed)
    clock.forward(LEASE_S)

    deliver(timed)
    record(timed, [a_sender(clock).send(dead)])

    assert early == []
    found = get_delivery(timed, OWNER, hook, delivery)
    assert found.state is DeliveryState.DELIVERED
    assert len(found.attempts) == 1


def test_two_that_ask_for_the_same_delivery_do_not_both_get_it(timed: Store, receiver: Receiver) -> None:
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    delivery = a_test(timed, hook)

    claims = [claim(timed, [delivery]), claim(timed, [delivery])]

    assert [len(one) for one in claims] == [1, 0]


def test_a_secret_that_was_replaced_signs_for_a_day(patient: Store, clock: HandClock, receiver: Receiver) -> None:
    hook = a_webhook(patient, OWNER, receiver.url)
    new = rotate_secret(patient, OWNER, ASKING, hook.webhook.id).secret
    a_test(patient, hook.webhook.id)
    deliver(patient)
    clock.forward(OLD_SECRET_S)
    a_test(patient, hook.webhook.id)
    deliver(patient)

    signed = [got.headers["webhook-signature"].split() for got in receiver.got]

    wanted = [
        signed_headers(secrets, got.headers["webhook-id"], int(got.headers["webhook-timestamp"]), got.body)
        for got, secrets in zip(receiver.got, ([new, hook.secret], [new]), strict=True)
    ]
    assert signed == [one["webhook-signature"].split() for one in wanted]


def test_a_receiver_that_fails_is_not_asked_by_every_delivery(
    timed: Store, clock: HandClock, receiver: Receiver
) -> None:
    receiver.status = 500
    hook = a_webhook(timed, OWNER, receiver.url).webhook.id
    for _ in range(20):
        succeed(timed, a_claim(timed, a_job(timed)))

    asked = []
    for _ in range(4):
        deliver(timed)
        asked.append(len(receiver.got))
        clock.forward(1)
    receiver.status = 200
    clock.forward(LONGEST_REST_S)
    deliver(timed)

    assert asked == [4, 4, 4, 4]
    assert {one.state for one in log_of(timed, hook)} == {DeliveryState.DELIVERED}


def test_a_receiver_that_wants_to_be_left_alone_is_left_by_all(
    patient: Store, clock: HandClock, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "600"}
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    a_test(patient, hook)
    deliver(patient)
    succeed(patient, a_claim(patient, a_job(patient)))

    clock.forward(599)
    deliver(patient)
    early = len(receiver.got)
    clock.forward(1)
    deliver(patient)

    assert early == 1
    assert len(receiver.got) > 1


def test_a_test_is_sent_at_once_also_where_a_receiver_failed(patient: Store, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "600"}
    hook = a_webhook(patient, OWNER, receiver.url).webhook.id
    a_test(patient, hook)
    deliver(patient)

    a_test(patient, hook)
    deliver(patient)

    assert len(receiver.got) == 2


def test_nothing_is_sent_for_an_account_while_it_is_disabled(store: Store, receiver: Receiver) -> None:
    by, user = acting(an_account(store, "grace", Role.ADMIN)), an_account(store)
    send_test(store, user.id, a_webhook(store, user.id, receiver.url).webhook.id)
    change_user(store, by, user.id, {"disabled": True})

    deliver(store)
    meanwhile = len(receiver.got)
    change_user(store, by, user.id, {"disabled": False})
    deliver(store)

    assert (meanwhile, len(receiver.got)) == (0, 1)
