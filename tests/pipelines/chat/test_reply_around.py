"""chat.reply gives a conversation its title, its voice and its summary, and fits the model's window."""

import json
from dataclasses import replace

import pytest
from support.answer_servers import Script, serving
from support.house import HeldConversation
from support.replying import PARAMS, asked

from pipelines.contract import AnswerServer
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.house import Turn
from pipelines.standalone import run_pipeline, standalone_context


def test_untitled_conversation_is_called_something_after_its_answer(reply):
    conversation = HeldConversation([Turn("q", "user", "When did it open?")])

    with serving(Script(["Opening of Ardal"])) as script:
        reply(conversation, url=script.url)

    assert conversation.title == "Opening of Ardal"
    assert len(script.asked) == 2


def test_title_by_a_server_that_fails_is_the_question(reply):
    conversation = HeldConversation([Turn("q", "user", "When did it open?")])

    with serving(Script(["word " * 100])) as script:
        reply(conversation, url=script.url)

    assert conversation.title == "When did it open"


def test_reply_is_read_aloud_without_its_numbers(reply, document):
    conversation = asked(files=[0], file_ids=["f"], settings={"speak": True})

    with serving(Script(["It opened in the year 1871 [1]."])) as script:
        reply(conversation, document(), url=script.url)

    [(text, params)] = conversation.spoken
    assert text == "It opened in the year 1871."
    assert params["input"] == "plain"


def test_turns_that_do_not_fit_are_summed_up_by_the_server(reply):
    before = [
        turn
        for number in range(20)
        for turn in (Turn(f"q{number}", "user", "word " * 80), Turn(f"a{number}", "assistant", "answer " * 40))
    ]
    conversation = asked(before=before)

    with serving(Script(["Short words."])) as script:
        reply(conversation, url=script.url, window=2048)

    summing, answering = script.asked
    [(upto, summary)] = conversation.summarised
    assert summing["messages"][1]["content"].startswith("user: word word")
    assert summary == "Short words."
    assert "What was said before, in short:\n\nShort words." in answering["messages"][0]["content"]
    assert upto in {turn.message_id for turn in before}
    assert len(answering["messages"]) < len(before)


def test_server_without_room_is_asked_once_more_with_half_as_much(reply):
    refusing = Script(status=400, refusal="This model's maximum context length is 1024 tokens")

    with serving(refusing) as script, pytest.raises(BadInput, match="no room"):
        reply(asked("word " * 3000), url=script.url)

    first, second = (len(json.dumps(request["messages"])) for request in script.asked)
    assert second < 0.7 * first


def test_key_and_model_are_needed(reply, tmp_path):
    here = replace(standalone_context(tmp_path), conversation=asked(), answer_server=AnswerServer("http://127.0.0.1:1"))

    with pytest.raises(EngineUnavailable, match="no model is named"):
        run_pipeline("chat.reply", [], PARAMS, here)
