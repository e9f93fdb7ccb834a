"""The API is restarted under hundreds of WebSocket clients."""

from support.chance import chance

from api.room import LOCAL_USER
from chaos.chores import Chore
from chaos.clients import Clients
from chaos.figures import say
from chaos.form import sized
from chaos.stack import Stack, job
from pipelines.contract import Lane
from triptych.jobs.states import JobState

CLIENTS = sized(short=100, full=1000)
RESTARTS = sized(short=1, full=4)
JOBS_EACH = sized(short=15, full=30)
LONGEST_S = sized(short=60, full=300)


def test_clients_of_a_restarted_relay_see_every_event_once_and_in_order(stack_of):
    stack = stack_of()
    choice = chance("restarted relay")
    stack.worker(Lane.CPU)
    stack.periodic()
    stack.until_workers_are_there(1)
    api, port = stack.api()

    with Clients(CLIENTS, port, choice) as clients:
        stack.until(lambda: all(client.greetings for client in clients.all), longest_s=LONGEST_S)
        for _ in range(RESTARTS):
            submit_some(stack)
            choice.choice([api.terminate, api.kill_everybody])()
            api.wait()
            greeted = [client.greetings for client in clients.all]
            submit_some(stack)
            api, _ = stack.api(port)
            stack.until(lambda: came_again(clients, greeted), longest_s=LONGEST_S)  # noqa: B023  called at once
        submit_some(stack)
        stack.until_all_have_ended()
        told = stack.told()
        stack.until(lambda: all(client.ids[-1:] == told[-1:] for client in clients.all), longest_s=LONGEST_S)

    assert [client.resyncs for client in clients.all] == [0] * CLIENTS
    assert all(client.ids == told for client in clients.all)
    cut_off = sum(client.greetings - 1 for client in clients.all)
    assert {row.state for row in stack.audit().jobs.values()} == {JobState.SUCCEEDED}
    say(f"{CLIENTS} clients, {RESTARTS} restarts: each saw {len(told)} events; they came again {cut_off} times")


def came_again(clients: Clients, greeted: list[int]) -> bool:
    """Whether each has been greeted since."""
    return all(client.greetings > before for client, before in zip(clients.all, greeted, strict=True))


def submit_some(stack: Stack) -> None:
    """Jobs with a few events each."""
    stack.submit(*(job(Chore.COUNT, owner=LOCAL_USER, tokens=2) for _ in range(JOBS_EACH)))
