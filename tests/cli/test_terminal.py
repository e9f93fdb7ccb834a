"""The command at a terminal: bars, and what Ctrl-C asks."""

import pytest
from support.running import start, succeed
from support.shell import at_terminal

from cli.exits import Exit
from triptych.client.records.job import JobState
from triptych.jobs import making

CTRL_C = "\x03"
WAITING = ("submit", "--text", "Sing.", "-p", "audio.speak", "--wait")


@pytest.fixture
def sung(client):
    """The newest job."""
    return lambda: next(client.jobs.list(pipeline="audio.speak"))


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ("c\n", JobState.CANCELLED, "text: cancelled"),
        (CTRL_C, JobState.QUEUED, "text goes on: triptych watch "),
    ],
    ids=["cancel", "interrupt again"],
)
def test_ctrl_c_asks_what_becomes_of_the_job(working, client, sung, answer: str, state: JobState, told: str) -> None:
    with at_terminal(working.url, *WAITING) as terminal:
        terminal.wait_for("queued")
        terminal.press(CTRL_C)
        terminal.wait_for("[c]ancel, [l]eave running, or [w]ait on?")
        terminal.press(answer)

        status = terminal.end()

    assert status == Exit.INTERRUPTED
    assert told in terminal.seen
    assert sung().state is state


def test_who_waits_on_sees_a_bar_and_then_the_result(working, sung) -> None:
    with at_terminal(working.url, *WAITING) as terminal:
        terminal.wait_for("queued")
        terminal.press(CTRL_C)
        terminal.wait_for("[w]ait on?")
        terminal.press("w\n")
        claimed = start(working.store, sung().id)
        making.record_progress(working.store, claimed, 0.4, "singing")
        terminal.wait_for("running, 40%, singing")
        succeed(working.store, claimed)

        status = terminal.end()

    assert status == Exit.DONE
    assert "━" in terminal.seen
    assert "audio.speak  succeeded" in terminal.seen
