"""What counts as told, and what does not."""

from chaos.recorder import Heard
from chaos.story import Truth, untold
from triptych.jobs.states import JobState

ONE_RUN = Truth(JobState.SUCCEEDED, [None], parts=[1, 2], outputs=["a.txt"])
TWO_RUNS = Truth(JobState.SUCCEEDED, ["worker_died", None], parts=[1], outputs=[])

QUEUED = ("job.queued", {"attempt": 0})
STARTED = ("job.started", {"attempt": 1})
OUTPUT = ("job.output", {"name": "a.txt"})
FINISHED = ("job.finished", {"state": "succeeded"})


def part(seq: int, run: str = "first"):
    return ("job.part", {"seq": seq, "body": {"run": run}})


def heard(*events) -> list[Heard]:
    return [Heard(index, kind, data) for index, (kind, data) in enumerate(events)]


def test_whole_story_leaves_nothing_untold():
    events = heard(QUEUED, STARTED, part(1), OUTPUT, part(2), FINISHED)

    assert untold(ONE_RUN, events, resyncs=[]) == []


def test_story_of_two_attempts_tells_the_parts_of_both():
    again = ("job.queued", {"attempt": 1}), ("job.started", {"attempt": 2})
    events = heard(QUEUED, STARTED, part(1), part(2), *again, part(1, "second"), FINISHED)

    assert untold(TWO_RUNS, events, resyncs=[]) == []


def test_hole_is_found_wherever_it_is():
    story = [QUEUED, STARTED, part(1), OUTPUT, part(2), FINISHED]

    for left_out in range(len(story)):
        events = heard(*story[:left_out], *story[left_out + 1 :])
        assert len(untold(ONE_RUN, events, resyncs=[])) == 1


def test_hole_with_a_mark_behind_it_is_none():
    events = heard(QUEUED, STARTED, part(1), OUTPUT, part(2))

    assert untold(ONE_RUN, events, resyncs=[7]) == []


def test_mark_before_a_hole_does_not_tell_of_it():
    events = heard(QUEUED, STARTED, part(1), OUTPUT, part(2))

    assert untold(ONE_RUN, events, resyncs=[3]) == ["never told: finished of attempt 1"]


def test_lost_news_of_another_attempt_needs_a_mark():
    events = heard(QUEUED, STARTED, part(1), part(1, "second"), FINISHED)

    assert untold(TWO_RUNS, events, resyncs=[9]) == []
    assert untold(TWO_RUNS, events, resyncs=[]) == [
        "never told: queued of attempt 1",
        "never told: started of attempt 2",
    ]


def test_event_that_comes_twice_or_late_is_found():
    twice = heard(QUEUED, STARTED, part(1), OUTPUT, part(2), part(2), FINISHED)
    late = heard(QUEUED, STARTED, part(1), OUTPUT, FINISHED, part(2))

    assert any("came behind" in problem for problem in untold(ONE_RUN, twice, resyncs=[]))
    assert any("came behind" in problem for problem in untold(ONE_RUN, late, resyncs=[]))


def test_other_end_than_the_true_one_is_found():
    events = heard(QUEUED, STARTED, part(1), OUTPUT, part(2), ("job.finished", {"state": "failed"}))

    assert untold(ONE_RUN, events, resyncs=[]) == ["told as failed, and is succeeded"]
