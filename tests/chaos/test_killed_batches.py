"""A batch is asked for and done while all that carries it dies: the API, workers, the chore, Redis, the database."""

import http.client
import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from http import HTTPStatus
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import select
from support.chance import chance
from support.until import until

from api.room import LOCAL_USER
from chaos.audit import Books
from chaos.chores import Chore, pipeline_of
from chaos.figures import say
from chaos.form import sized
from chaos.processes import Running
from chaos.stack import Stack
from pipelines.contract import Lane
from triptych.batches.batch import Batch, Counts
from triptych.batches.owner import pause, resume
from triptych.batches.reading import get_batch
from triptych.batches.results import results_as_lines
from triptych.batches.states import BatchState
from triptych.batches.tables import batches
from triptych.database import DatabaseAway
from triptych.jobs.states import JobState

LINES = sized(short=700, full=2000)
DEATHS_OF_API = sized(short=1, full=4)
ROUNDS = sized(short=1, full=4)
WORDS = "a ship sails out of the harbour " * 30  # so that a manifest comes in more than one piece
LONGEST_AWAY_S = 1.0


def test_batch_that_everything_dies_under_has_every_line_done_once_and_told_in_order(request, stack_of):
    stack, choice = stack_of(), chance("killed batches")
    stack.listen_to(LOCAL_USER)
    carriers = Carriers(stack, choice)

    batch_id = asked_for(stack, choice, manifest(choice))
    stack.until(lambda: told(stack, batch_id).lines.total)
    carriers.break_chore()
    ways = [*carriers.ways(), *(database_ways(request, stack, choice))] * ROUNDS
    choice.shuffle(ways)
    for number, way in enumerate(ways, start=1):
        some_have_ended = number * LINES // (len(ways) + 2)
        stack.until(lambda: told(stack, batch_id).lines.succeeded >= some_have_ended)  # noqa: B023  called at once
        way()
    hold_back_and_go_on(stack, batch_id)
    stack.until(lambda: told(stack, batch_id).state is BatchState.FINISHED, longest_s=120)
    results = [json.loads(line) for line in lines_of(stack, batch_id)]
    stack.accepted = list(Books.read(stack.store).jobs)
    books = stack.audit(was_killed=True)

    assert told(stack, batch_id).lines == Counts(LINES, 0, 0, LINES, 0, 0, 0)
    assert [one["number"] for one in results] == list(range(1, LINES + 1))
    assert [one["custom_id"] for one in results] == [f"line-{n}" for n in range(1, LINES + 1)]
    assert [books.jobs[one["job_id"]].result for one in results] == [one["result"] for one in results]
    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert len(books.jobs) == LINES
    say(f"{LINES} lines: {[way.__name__ for way in ways]}")


class Carriers:
    """The processes that take a batch further, each started again when it was killed."""

    def __init__(self, stack: Stack, choice: random.Random) -> None:
        self._stack, self._choice = stack, choice
        self._worker, self._chore = self._new_worker(), self._new_chore()

    def ways(self) -> list[Callable[[], None]]:
        """How they and Redis are broken."""
        return [self.break_worker, self.break_chore, self.empty_redis]

    def break_worker(self) -> None:
        """Kill the worker, or one of its processes."""
        victim = self._choice.choice(["all", "leader"])
        (self._worker.kill_everybody if victim == "all" else self._worker.kill)()
        self._worker = self._new_worker()

    def break_chore(self) -> None:
        """Kill the process that reads manifests and makes jobs."""
        self._chore.kill_everybody()
        self._chore = self._new_chore()

    def empty_redis(self) -> None:
        """Have Redis die and come back with nothing in it."""
        self._stack.redis.kill()
        Event().wait(self._choice.uniform(0, LONGEST_AWAY_S))
        self._stack.redis.start()

    def _new_worker(self) -> Running:
        return self._stack.worker(Lane.CPU)

    def _new_chore(self) -> Running:
        return self._stack.periodic("chaos.periodic")


def database_ways(request: pytest.FixtureRequest, stack: Stack, choice: random.Random) -> list[Callable[[], None]]:
    """How a database is broken that is a server."""
    if not stack.store.database.is_postgresql:
        return []
    server = request.getfixturevalue("mortal_database")

    def break_database() -> None:
        server.stop_hard()
        Event().wait(choice.uniform(0, LONGEST_AWAY_S))
        server.start()

    return [break_database]


def manifest(choice: random.Random) -> bytes:
    """Lines of any short chore."""
    lines = []
    for number in range(1, LINES + 1):
        chore, params = choice.choice(
            [
                (Chore.NOOP, {}),
                (Chore.BRIEF, {"pause_s": choice.uniform(0, 0.02)}),
                (Chore.COUNT, {"tokens": choice.randint(0, 3)}),
                (Chore.WRITE, {"size_bytes": choice.randint(1, 5000)}),
            ]
        )
        asked = {"pipeline": pipeline_of(chore).name, "params": params, "text": f"{number} {WORDS}"}
        lines.append(json.dumps({"custom_id": f"line-{number}", **asked}))
    return "\n".join(lines).encode()


def asked_for(stack: Stack, choice: random.Random, content: bytes) -> str:
    """The batch of a client whose API dies while the manifest comes in, or before the answer, and who asks again."""
    api, port = stack.api()
    key = str(uuid4())
    for number in range(DEATHS_OF_API):
        upto = len(content) if number % 2 else choice.randrange(len(content) // 4, len(content))
        accepted = all_batches(stack)
        with closing(begin_to_ask(port, key, content, upto)):
            until(lambda: any(stack.store.blobs.incoming().iterdir()) or all_batches(stack), pause_s=0.001)
            api.kill_everybody()
        assert upto == len(content) or all_batches(stack) == accepted
        api, port = stack.api(port)
    with closing(begin_to_ask(port, key, content, len(content))) as connection:
        answer = connection.getresponse()
        batch = json.load(answer)
    assert answer.status == HTTPStatus.ACCEPTED, batch
    assert all_batches(stack) == [batch["id"]]
    return str(batch["id"])


def begin_to_ask(port: int, key: str, content: bytes, upto: int) -> http.client.HTTPConnection:
    """Send the request with so many bytes of its manifest."""
    edge = "edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="remember"\r\n\r\nfalse\r\n'
    head += f'--{edge}\r\nContent-Disposition: form-data; name="manifest"; filename="lines.jsonl"\r\n\r\n'
    tail = f"\r\n--{edge}--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("POST", "/api/v1/batches")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={edge}")
    connection.putheader("Content-Length", str(len(head) + len(content) + len(tail)))
    connection.putheader("Idempotency-Key", key)
    connection.endheaders(head.encode() + content[:upto])
    if upto == len(content):
        connection.send(tail.encode())
    return connection


def hold_back_and_go_on(stack: Stack, batch_id: str) -> None:
    """Pause the batch, while what no worker has begun is taken back, and resume it."""
    pause(stack.store, LOCAL_USER, batch_id)
    stack.until(lambda: told(stack, batch_id).lines.running == 0)
    resume(stack.store, LOCAL_USER, batch_id)


def told(stack: Stack, batch_id: str) -> Batch:
    """The batch as it stands, once the database is there."""
    return until(lambda: look(stack, batch_id), pause_s=0.1)


def look(stack: Stack, batch_id: str) -> Batch | None:
    try:
        return get_batch(stack.store, LOCAL_USER, batch_id)
    except DatabaseAway:
        return None


def all_batches(stack: Stack) -> list[str]:
    """The ids of all batches that were accepted."""
    with stack.store.database.read() as connection:
        return list(connection.execute(select(batches.c.id)).scalars())


def lines_of(stack: Stack, batch_id: str) -> Iterator[bytes]:
    """The lines of the results."""
    yield from b"".join(results_as_lines(stack.store, LOCAL_USER, batch_id, None)).splitlines()
