"""A reply by a broken server ends: what came of it stays, why it ended is told, and its connection is closed."""

import threading

import pytest
from support.answer_servers import LONGEST_S, Script, serving
from support.chatting import a_conversation, ask, messages_of
from support.executing import run_all
from support.stores import with_settings
from support.work import OWNER

from pipelines.catalogue import catalogue
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from workers.tally import Outcome

REPLY = catalogue()["chat.reply"]
WORD = b'data: {"model": "m", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": null}]}\n\n'
THOUGHT = b'data: {"model": "m", "choices": [{"index": 0, "delta": {"thought": "%s"}}]}\n\n' % (b"hm " * 30_000)


@pytest.fixture
def conversation(sqlite_store):
    return a_conversation(sqlite_store)


@pytest.fixture
def reply_by(sqlite_store, conversation):
    """Ask, have the server that answers by ``script`` reply in a single attempt, and tell the message that stays."""

    def write(script, **settings):
        asked = {"answer_url": script.url, "answer_model": "tiny-chat", "max_attempts": 1, **settings}
        store = with_settings(sqlite_store, **asked)
        posted = ask(store, conversation)
        run_all(store, [get_job(store, OWNER, posted.reply.job_id)], REPLY)
        return messages_of(store, conversation)[-1]

    return write


def threads():
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def test_reply_of_a_server_that_never_ends_is_cut_off_and_not_asked_for_again(reply_by):
    with serving(Script(["It began. "], over_and_over=WORD.replace(b"word ", b"word " * 100))) as script:
        reply = reply_by(script, max_attempts=3)
        hung_up = script.broken_off.wait(LONGEST_S)

    assert (reply.state, reply.error["code"]) == (JobState.FAILED, "endless_answer")
    assert reply.text.startswith("It began. word word")
    assert len(reply.text) == 1024 * 32
    assert hung_up
    assert len(script.asked) == 1


def test_reply_of_a_server_that_thinks_for_ever_is_cut_off(reply_by):
    with serving(Script(["It began."], over_and_over=THOUGHT)) as script:
        reply = reply_by(script)
        hung_up = script.broken_off.wait(LONGEST_S)

    assert (reply.state, reply.text, reply.error["code"]) == (JobState.FAILED, "It began.", "endless_answer")
    assert "32 MiB" in reply.error["message"]
    assert hung_up


@pytest.mark.parametrize("drop", [b":", b"d"], ids=["of a comment", "of an event"])
def test_reply_of_a_server_that_sends_byte_after_byte_and_no_word_is_given_up(reply_by, drop):
    with serving(Script(["It began."], over_and_over=drop, every_s=0.02)) as script:
        reply = reply_by(script, answer_silence_s=1.5)
        hung_up = script.broken_off.wait(LONGEST_S)

    assert (reply.state, reply.text, reply.error["code"]) == (JobState.FAILED, "It began.", "transient_failure")
    assert "1.5 s" in reply.error["message"]
    assert hung_up


def test_reply_of_a_server_that_falls_silent_is_given_up(reply_by):
    with serving(Script(["It ", "began."], never_ends=True)) as script:
        reply = reply_by(script, answer_silence_s=1.5)
        hung_up = script.broken_off.wait(LONGEST_S)

    assert (reply.state, reply.text, reply.error["code"]) == (JobState.FAILED, "It began.", "transient_failure")
    assert hung_up


@pytest.mark.parametrize(
    ("script", "kept", "told"),
    [
        (Script(["It ", "began."], dies_after=2), "It began.", "broke"),
        (Script(raw=b"<!doctype html>\n<html><body>Sign in</body></html>\n"), "", "broke off before its end"),
        (Script(raw=b'{"choices": [{"message": {"content": "whole"}}]}'), "", "broke off before its end"),
        (Script(raw=WORD + b"data: {no json\n\n"), "word ", "no part of an answer"),
        (Script(raw=WORD + b'data: {"choices": []}\n\n'), "word ", "broke off before its end"),
        (Script(raw=b'data: {"choices": [{"index": 0, "delta": 5}]}\n\n'), "", "no part of an answer"),
        (Script(over_and_over=b"x" * 100_000), "", "more than 1 MiB"),
        (Script(["It began."], over_and_over=b"data: " + b"x" * 100_000), "It began.", "more than 1 MiB"),
    ],
    ids=["dies", "HTML", "no stream", "no JSON", "empty choices", "wrong shape", "line without end", "late line"],
)
def test_reply_of_nonsense_keeps_what_came_before_it_and_says_why_it_ended(reply_by, script, kept, told):
    with serving(script):
        reply = reply_by(script)

    assert (reply.state, reply.text, reply.error["code"]) == (JobState.FAILED, kept, "transient_failure")
    assert told in reply.error["message"]


def test_nonsense_that_may_pass_is_asked_for_again_as_often_as_a_job_is_tried(sqlite_store, conversation):
    with serving(Script(raw=b"<html></html>")) as script:
        store = with_settings(sqlite_store, answer_url=script.url, answer_model="tiny-chat")
        posted = ask(store, conversation)
        outcomes = run_all(store, [get_job(store, OWNER, posted.reply.job_id)], REPLY)

    assert outcomes == [Outcome.AGAIN]
    assert messages_of(store, conversation)[-1].state is JobState.QUEUED


def test_broken_servers_leave_no_thread_behind(reply_by):
    with serving(Script(["It began."], over_and_over=b":", every_s=0.02)) as script:
        before = threads()
        reply_by(script, answer_silence_s=0.5)
        left = {thread for thread in threads() - before if "process_request" not in thread.name}

    assert left == set()


def test_next_question_is_answered_after_a_broken_reply(reply_by):
    with serving(Script(["Half"], dies_after=1)) as script:
        reply_by(script)

    with serving(Script(["In 1871."])) as script:
        reply = reply_by(script)

    assert (reply.text, reply.state) == ("In 1871.", JobState.SUCCEEDED)
