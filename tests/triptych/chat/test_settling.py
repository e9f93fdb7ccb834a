"""What a reply's job wrote is the message's own when the job ends, however it ends."""

import pytest
from sqlalchemy import select
from support.chatting import ANSWER, CITED, a_conversation, ask, begin, messages_of, succeed, write
from support.work import DONE, OWNER, a_claim, a_job, fail, fail_in_passing

from pipelines.contract import EngineUsed, Result
from triptych.jobs import ending, ends, making
from triptych.jobs.leases import Holder
from triptych.jobs.owner import cancel, delete_job, retry
from triptych.jobs.states import JobState
from triptych.jobs.sweep import sweep
from triptych.jobs.tables import jobs


@pytest.fixture
def conversation(store):
    return a_conversation(store)


def reply_of(store, conversation):
    return messages_of(store, conversation)[-1]


def test_reply_is_told_as_it_is_being_written(store, conversation):
    claimed = begin(store, ask(store, conversation))

    write(store, claimed, "In ", "1871")

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state, reply.citations) == ("In 1871", JobState.RUNNING, ())


def test_written_reply_has_its_citations_and_who_wrote_it(store, conversation):
    claimed = begin(store, ask(store, conversation))

    succeed(store, claimed)

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state) == (ANSWER, JobState.SUCCEEDED)
    assert reply.citations == [{**CITED, "gone": True}]
    assert reply.engine["name"] == "by hand"


def test_deleted_job_leaves_the_reply(store, conversation):
    posted = ask(store, conversation)
    succeed(store, begin(store, posted))

    delete_job(store, OWNER, posted.reply.job_id)

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state, reply.job_id) == (ANSWER, JobState.SUCCEEDED, None)


def test_stopped_reply_keeps_what_had_come_and_what_that_cites(store, conversation):
    posted = ask(store, conversation)
    claimed = begin(store, posted)
    making.save_checkpoint(store, claimed, {"passages": [CITED, {**CITED, "number": 2}]}, 0)
    write(store, claimed, "In 1871 [1], ", "and")

    cancel(store, OWNER, posted.reply.job_id)
    delete_job(store, OWNER, posted.reply.job_id)

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state) == ("In 1871 [1], and", JobState.CANCELLED)
    assert [citation["number"] for citation in reply.citations] == [1]


def test_failed_reply_keeps_what_had_come_and_why(store, conversation):
    claimed = begin(store, ask(store, conversation))
    write(store, claimed, "In ")

    fail(store, claimed, "bad_input", "no")

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state) == ("In ", JobState.FAILED)
    assert reply.error == {"code": "bad_input", "message": "no"}


def test_poisoned_reply_keeps_what_the_last_run_wrote_that_wrote_anything(store, conversation):
    posted = ask(store, conversation)
    write(store, begin(store, posted), "Perhaps")
    for _ in range(store.settings.max_attempts):
        [row] = [one for one in _held(store) if one.id == posted.reply.job_id] or [begin(store, posted).row]
        ending.end(store, ends.died(store, row, store.clock(), "it died"))

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state, reply.error["code"]) == ("Perhaps", JobState.FAILED, "poisoned")


def test_tokens_of_a_failed_attempt_stand_until_the_next_one_writes(timed, clock):
    conversation = a_conversation(timed)
    posted = ask(timed, conversation)
    claimed = begin(timed, posted)
    write(timed, claimed, "Perhaps")
    fail_in_passing(timed, claimed)

    waiting = reply_of(timed, conversation)
    clock.forward(60)
    sweep(timed, clock.now)
    write(timed, begin(timed, posted), "In 1871")

    assert (waiting.text, waiting.state) == ("Perhaps", JobState.QUEUED)
    assert reply_of(timed, conversation).text == "In 1871"


def test_reply_that_is_written_anew_by_its_job_is_told_as_it_comes(store, conversation):
    posted = ask(store, conversation)
    succeed(store, begin(store, posted))

    retry(store, OWNER, posted.reply.job_id)
    again = begin(store, posted)
    write(store, again, "Now")

    reply = reply_of(store, conversation)
    assert (reply.text, reply.state) == ("Now", JobState.RUNNING)


def test_replies_that_end_together_with_other_jobs_are_settled(store, conversation):
    claimed, other = begin(store, ask(store, conversation)), a_claim(store, a_job(store))
    result = Result({"answer": ANSWER, "citations": []}, EngineUsed("by hand", "none"))

    found = [ends.succeeded(claimed.row, store.clock(), result), ends.succeeded(other.row, store.clock(), DONE)]
    ending.end_and_go_on(store, found, Holder("worker-1"))

    assert reply_of(store, conversation).text == ANSWER


def _held(store):
    with store.database.read() as connection:
        return connection.execute(select(jobs).where(jobs.c.state == "running")).all()
