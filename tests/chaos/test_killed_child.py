"""A child is killed at any moment, also at the one at which it asks whether its worker is going away."""

import os
import signal
import threading
from threading import Event

import pytest
from support.chance import chance

from chaos.chores import PIPELINES
from workers.seat import Seat

KILLS = 20
ANSWER_S = 5


@pytest.mark.chaos
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # the child does nothing but ask
def test_killed_child_keeps_nobody_from_asking_whether_to_drain(settings):
    seat = Seat(settings, PIPELINES)
    choice = chance("killed child")

    for _ in range(KILLS):
        child = forked_child_that_asks(seat)
        Event().wait(choice.uniform(0.01, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

        assert answers(seat), "whoever asks is held by a lock that died with the child"


def forked_child_that_asks(seat: Seat) -> int:
    """The id of a child that asks again and again, and writes a byte once it has begun to."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        draining = seat.executor.draining
        os.write(write_end, b"!")
        while True:
            draining()
    os.read(read_end, 1)
    os.close(read_end)
    os.close(write_end)
    return child


def answers(seat: Seat) -> bool:
    """Whether the question is answered at all; asked from a thread, which is left behind where it is not."""
    answered = threading.Event()
    draining = seat.executor.draining
    threading.Thread(target=lambda: (draining(), answered.set()), daemon=True).start()
    return answered.wait(ANSWER_S)
