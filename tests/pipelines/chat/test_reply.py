"""chat.reply answers from the dialogue, the attachments and the memory, and says what it rests on."""

import json

import pytest
from support.answer_servers import Script, serving
from support.house import HeldMemory
from support.replying import HARBOUR, asked, remembered, said_in

from pipelines.contract import PartKind
from pipelines.errors import ServerAway, TransientFailure
from pipelines.house import Turn


def test_reply_is_written_from_the_turns_before(reply):
    before = [Turn("a", "user", "Where is Ardal?"), Turn("b", "assistant", "In Norway [1].")]

    with serving(Script(["In ", "1871."])) as script:
        finished = reply(asked(before=before), url=script.url)

    assert "".join(part.body["text"] for part in finished.parts) == finished.result.body["answer"] == "In 1871."
    assert {part.kind for part in finished.parts} == {PartKind.TOKEN}
    assert [(m["role"], m["content"]) for m in said_in(script)[1:]] == [
        ("user", "Where is Ardal?"),
        ("assistant", "In Norway."),
        ("user", "When did it open?"),
    ]


def test_question_that_got_no_reply_goes_with_the_next(reply):
    with serving(Script(["In 1871."])) as script:
        reply(asked(before=[Turn("a", "user", "Hello?")]), url=script.url)

    assert [message["role"] for message in said_in(script)] == ["system", "user"]
    assert said_in(script)[-1]["content"] == "Hello?\n\nWhen did it open?"


def test_settings_of_the_conversation_reach_the_server(reply):
    settings = {"system": "Be a pirate.", "model": "parrot", "temperature": 1.5}

    with serving(Script(["Arr."])) as script:
        reply(asked(settings=settings), url=script.url)

    [request] = script.asked
    assert (request["model"], request["temperature"]) == ("parrot", 1.5)
    assert request["messages"][0]["content"] == "Be a pirate."


def test_attached_document_is_cited_by_its_place(reply, document):
    with serving(Script(["In 1871 [1]."])) as script:
        finished = reply(asked(files=[0], file_ids=["f"]), document(), url=script.url)

    [citation] = finished.result.body["citations"]
    assert f"[1] (harbour.txt)\n{HARBOUR}" in said_in(script)[-1]["content"]
    assert (citation["number"], citation["file_id"], citation["memory_id"]) == (1, "f", None)
    assert citation["text"] == HARBOUR[citation["place"]["start"] : citation["place"]["end"]]


def test_memories_are_numbered_behind_the_attachments(reply, document):
    memory = HeldMemory([remembered("The ferry came in 1880.")])

    with serving(Script(["In 1871 [1], the ferry in 1880 [2]."])) as script:
        finished = reply(asked(files=[0], file_ids=["f"]), document(), url=script.url, memory=memory)

    cited = finished.result.body["citations"]
    assert [(one["number"], one["title"], one["memory_id"]) for one in cited] == [
        (1, "harbour.txt", None),
        (2, "talk.mp3", "m1"),
    ]
    assert "[2] (talk.mp3, 1:01 to 1:05)" in said_in(script)[-1]["content"]


def test_memories_of_attached_files_are_not_told_twice(reply, document):
    memory = HeldMemory([remembered("Of the file itself.", 1, "f"), remembered("Of another.", 2, "g")])

    with serving(Script(["Yes."])) as script:
        reply(asked(files=[0], file_ids=["f"]), document(), url=script.url, memory=memory)

    sent = said_in(script)[-1]["content"]
    assert "Of another." in sent
    assert "Of the file itself." not in sent


def test_short_question_is_looked_for_with_the_one_before(reply):
    memory = HeldMemory()
    before = [Turn("a", "user", "Who paid for the harbour of Ardal?"), Turn("b", "assistant", "Merchants.")]

    with serving(Script(["Herring."])) as script:
        reply(asked("And why?", before=before), url=script.url, memory=memory)

    assert memory.questions == ["Who paid for the harbour of Ardal?\nAnd why?"]


def test_memory_that_is_not_wanted_is_not_asked(reply):
    memory = HeldMemory([remembered("Secret.")])

    with serving(Script(["No."])) as script:
        reply(asked(), url=script.url, memory=memory, wants_memory=False)

    assert memory.questions == []
    assert "Secret." not in json.dumps(said_in(script))


def test_citation_of_no_passage_is_warned_of(reply, document):
    with serving(Script(["Perhaps [7]."])) as script:
        finished = reply(asked(files=[0], file_ids=["f"]), document(), url=script.url)

    assert finished.result.body["citations"] == []
    assert "cites [7]" in finished.result.warnings[0]


def test_without_a_server_sentences_are_quoted_and_cited(reply, document):
    finished = reply(asked("Who paid for the harbour?", [0], file_ids=["f"]), document())

    [first, *_] = finished.result.body["citations"]
    assert finished.result.engine.name == "extractive"
    assert first["text"] == "It was paid for by herring merchants."
    assert finished.result.body["answer"].startswith(f"“{first['text']}” [1]")
    assert HARBOUR[first["place"]["start"] : first["place"]["end"]] == first["text"]
    assert "no language model" in finished.result.warnings[0]


def test_without_a_server_the_questions_own_files_are_quoted_and_each_sentence_once(reply, document):
    memory = HeldMemory([remembered("Who paid for the harbour? The town paid for the harbour.")])
    twice = document(f"{HARBOUR}\n\n{HARBOUR}")

    finished = reply(asked("Who paid for the harbour?", [0], file_ids=["f"]), twice, memory=memory)

    quoted = [citation["text"] for citation in finished.result.body["citations"]]
    assert sorted(quoted) == ["It was paid for by herring merchants.", "The harbour of Ardal opened in 1871."]


def test_without_a_server_and_anything_to_quote_the_reply_says_so(reply):
    finished = reply(asked(), memory=HeldMemory())

    assert "no language model is configured" in finished.result.body["answer"]
    assert "nor the memory" in finished.result.body["answer"].replace("neither the attached files ", "")
    assert finished.result.body["citations"] == []


def test_server_that_is_away_is_waited_for(reply):
    with serving(Script(status=503, refusal="busy")) as script, pytest.raises(ServerAway):
        reply(asked(), url=script.url)


def test_server_that_dies_in_the_middle_may_be_tried_again(reply):
    with serving(Script(["In ", "18"], dies_after=2)) as script, pytest.raises(TransientFailure):
        reply(asked(), url=script.url)
