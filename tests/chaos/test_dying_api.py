"""The API dies between the commit that accepts a job and the ring for it."""

import http.client
import json
from http import HTTPStatus
from uuid import uuid4

import psutil
from support.until import until

from api.room import LOCAL_USER
from chaos.audit import Books
from chaos.form import sized
from chaos.fuse import Fuse, light, say_answered
from pipelines.contract import Lane
from triptych.jobs.states import JobState

TIMES = sized(short=1, full=20)
DEATH_S = 30


def test_jobs_that_a_dying_api_has_accepted_are_run_once(stack_of):
    stack = stack_of()
    home = stack.settings.home
    stack.listen_to(LOCAL_USER)
    stack.worker(Lane.CPU)
    stack.periodic()
    api, port = stack.api()

    answered = set()
    for _ in range(TIMES):
        light(home, Fuse.AT_ONCE)  # its answer is never seen, and nobody asks again
        assert ask(port, str(uuid4())) is None

        light(home, Fuse.AT_ONCE)  # its answer is not seen, and its client asks again
        key = str(uuid4())
        assert ask(port, key) is None
        answered.add(until(lambda key=key: ask(port, key), pause_s=0.1))

        light(home, Fuse.ANSWERED)  # its answer is seen
        mortal = api.everybody()[1:]
        answered.add(ask(port, str(uuid4())))
        say_answered(home)
        assert psutil.wait_procs(mortal, timeout=DEATH_S)[1] == []
    stack.accepted = list(Books.read(stack.store).jobs)
    stack.until_all_have_ended()

    assert len(stack.accepted) == 3 * TIMES
    assert len(answered & set(stack.accepted)) == 2 * TIMES
    assert set(stack.ledger.times_begun().values()) == {1}
    assert {row.state for row in stack.audit().jobs.values()} == {JobState.SUCCEEDED}


def ask(port: int, key: str) -> str | None:
    """Ask for a job; its id, or None when the connection broke before the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps({"pipeline": "chaos.noop.cpu", "text": "words"})
    try:
        connection.request("POST", "/api/v1/jobs", body, {"Content-Type": "application/json", "Idempotency-Key": key})
        answer = connection.getresponse()
        told = json.load(answer)
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    assert answer.status in (HTTPStatus.OK, HTTPStatus.ACCEPTED), told
    return str(told["id"])
