"""Changes under the real server: while one waits for the disk or for another process, the others are served."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest

pytestmark = pytest.mark.stack
JOBS = "/api/v1/jobs"
WAIT_S = 30


def ask(served, method: str, path: str, body: object = None):
    """The status and the JSON of the answer."""
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=WAIT_S)) as connection:
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


def test_others_are_answered_while_a_change_waits_for_the_database(served):
    _status, job = ask(served, "POST", JOBS, {"pipeline": "text.keywords", "text": "words"})
    again = {"pipeline": "text.keywords", "files": [job["inputs"][0]["file_id"]]}

    with ThreadPoolExecutor(1) as pool, closing(sqlite3.connect(served.home / "triptych.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(ask, served, "POST", JOBS, again)
        answered = [ask(served, "GET", f"{JOBS}/{job['id']}")[0] for _ in range(20)]
        was_waiting = not waiting.done()
        other.rollback()
        status, _job = waiting.result()

    assert set(answered) == {200}
    assert was_waiting
    assert status == 202


def test_changes_of_many_at_once_are_all_made(served):
    def live(number: int) -> list[int]:
        status, job = ask(served, "POST", JOBS, {"pipeline": "text.keywords", "text": f"words {number}"})
        url = f"{JOBS}/{job['id']}"
        moves = [("POST", f"{url}/cancel"), ("POST", f"{url}/retry"), ("POST", f"{url}/cancel"), ("DELETE", url)]
        return [status, *(ask(served, *move)[0] for move in moves)]

    with ThreadPoolExecutor(10) as pool:
        lives = list(pool.map(live, range(30)))

    assert lives == [[202, 200, 202, 200, 204]] * 30


def test_of_many_jobs_submitted_at_once_each_is_accepted_or_refused_alone(served):
    def submit(number: int) -> int:
        refused = {"pipeline": "text.keywords", "files": ["0190a6a0-0000-7000-8000-000000000000"]}
        asked = refused if number % 4 == 0 else {"pipeline": "text.keywords", "text": f"many {number}"}
        return ask(served, "POST", JOBS, asked)[0]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(submit, range(64)))

    assert statuses == [404 if number % 4 == 0 else 202 for number in range(64)]
