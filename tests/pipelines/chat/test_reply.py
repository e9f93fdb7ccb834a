"""chat.reply answers from the dialogue, the attachments and the memory, and says what it rests on."""

import json
from dataclasses import replace

import pytest
from support.answer_servers import Script, serving
from support.house import HeldConversation, HeldJobs, HeldMemory

from pipelines.contract import AnswerServer, Part, PartKind, Source
from pipelines.errors import BadInput, EngineUnavailable, ServerAway, TransientFailure
from pipelines.house import AwaitsChildren, MemoryKind, Modality, Product, Recalled, Turn
from pipelines.standalone import run_pipeline, standalone_context

HARBOUR = "The harbour of Ardal opened in 1871. It was paid for by herring merchants."
PARAMS = {"conversation": "c", "reply": "r"}


@pytest.fixture
def reply(tmp_path):
    """A function that has a reply written, by the server at ``url`` if there is one."""

    def run(conversation, *sources, url="", memory=None, wants_memory=True, jobs=None, window=8192):
        here = replace(standalone_context(tmp_path), conversation=conversation)
        if memory is not None:
            here = replace(here, memory=memory)
        if jobs is not None:
            here = replace(here, jobs=jobs)
        if url:
            here = replace(here, answer_server=AnswerServer(url, "tiny-chat", window_tokens=window))
        params = {**PARAMS, "memory": memory is not None and wants_memory}
        return run_pipeline("chat.reply", sources, params, here)

    return run


@pytest.fixture
def document(tmp_path):
    def write(text=HARBOUR, name="harbour.txt"):
        path = tmp_path / name
        path.write_text(text)
        return Source(path, name, "text/plain", path.stat().st_size)

    return write


def asked(text="When did it open?", files=(), before=(), **held):
    return HeldConversation([*before, Turn("q", "user", text, files)], title="Ardal", **held)


def remembered(text, number=1, file_id=None):
    place = {"start_s": 61.0, "end_s": 65.5}
    ids = (f"m{number}", MemoryKind.SEGMENT, Modality.AUDIO, text, place, "talk.mp3", f"s{number}", file_id, "j")
    return Recalled(*ids, score=1.0, by={"words": 1})


def said_in(script, number=0):
    return script.asked[number]["messages"]


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


def a_product(pipeline, parts=(), state="succeeded", **told):
    return Product(f"job of {pipeline}", pipeline, state, {}, parts, told.pop("result", {}), **told)


def a_segment(text, start_s=0.0, end_s=1.0):
    return Part(PartKind.SEGMENT, {"text": text, "start_s": start_s, "end_s": end_s})


def a_recording(tmp_path):
    path = tmp_path / "question.wav"
    path.write_bytes(b"RIFF")
    return Source(path, "question.wav", "audio/wav", 4)


def test_spoken_question_is_heard_and_becomes_the_messages_text(reply, tmp_path):
    conversation = asked("", [0], file_ids=["f"])
    jobs = HeldJobs({"audio.transcribe": a_product("audio.transcribe", [a_segment("When did it open?")])})
    recording = a_recording(tmp_path)

    with serving(Script(["In 1871."])) as script:
        with pytest.raises(AwaitsChildren):
            reply(conversation, recording, url=script.url, jobs=jobs)
        reply(conversation, recording, url=script.url, jobs=jobs)

    assert conversation.texts == {"q": "When did it open?"}
    assert said_in(script)[-1]["content"] == "When did it open?"


def test_recording_in_which_nothing_is_said_is_refused(reply, tmp_path):
    jobs = HeldJobs({"audio.transcribe": a_product("audio.transcribe")})
    with pytest.raises(AwaitsChildren):
        reply(asked("", [0], file_ids=["f"]), a_recording(tmp_path), jobs=jobs)

    with pytest.raises(BadInput, match="nothing is said"):
        reply(asked("", [0], file_ids=["f"]), a_recording(tmp_path), jobs=jobs)


def test_picture_is_read_and_labelled_by_other_jobs(reply, tmp_path):
    path = tmp_path / "sign.png"
    path.write_bytes(b"PNG")
    line = {"text": "ARDAL 1871", "confidence": 0.9, "box": {"x": 1, "y": 2, "width": 30, "height": 4}, "page": 1}
    labels = {"labels": [{"label": "harbour", "score": 0.93}]}
    jobs = HeldJobs(
        {
            "image.read": a_product("image.read", [Part(PartKind.LINE, line)]),
            "image.analyze": a_product("image.analyze", [Part(PartKind.LABELS, labels)]),
        }
    )
    conversation = asked("What is this?", [0], file_ids=["f"])
    sign = Source(path, "sign.png", "image/png", 3)

    with serving(Script(["A sign [1] at a harbour [2]."])) as script:
        with pytest.raises(AwaitsChildren):
            reply(conversation, sign, url=script.url, jobs=jobs)
        finished = reply(conversation, sign, url=script.url, jobs=jobs)

    read, seen = finished.result.body["citations"]
    assert (read["text"], read["place"]["box"], read["job_id"]) == ("ARDAL 1871", line["box"], "job of image.read")
    assert (seen["kind"], "harbour (93%)" in seen["text"]) == ("labels", True)


def test_attachment_that_cannot_be_used_is_warned_of(reply, tmp_path):
    failed = a_product("audio.transcribe", state="failed", error={"code": "bad_media", "message": "it is broken"})
    jobs = HeldJobs({"audio.transcribe": failed})
    conversation = asked("When?", [0], file_ids=["f"])

    with serving(Script(["I cannot hear it."])) as script:
        with pytest.raises(AwaitsChildren):
            reply(conversation, a_recording(tmp_path), url=script.url, jobs=jobs)
        finished = reply(conversation, a_recording(tmp_path), url=script.url, jobs=jobs)

    assert finished.result.warnings == ["'question.wav' could not be used by audio.transcribe: it is broken"]


def test_what_earlier_replies_had_heard_is_used_again_without_its_warnings(reply, tmp_path):
    heard = a_product("audio.transcribe", [a_segment("The ferry came in 1880.")], warnings=["PocketSphinx heard it."])
    jobs = HeldJobs({"audio.transcribe": heard})
    before = [Turn("a", "user", "Listen.", [0]), Turn("b", "assistant", "I did.")]
    conversation = asked(before=before, file_ids=["f"], looked_into={0: [heard.job_id]})

    with serving(Script(["In 1880 [1]."])) as script:
        finished = reply(conversation, a_recording(tmp_path), url=script.url, jobs=jobs)

    assert jobs.asked == []
    assert [one["text"] for one in finished.result.body["citations"]] == ["The ferry came in 1880."]
    assert finished.result.warnings == []


def test_what_is_asked_of_others_begins_as_before_when_what_was_known_is_gone(reply, tmp_path):
    heard = a_product("audio.transcribe", [a_segment("The ferry came in 1880.")])
    jobs = HeldJobs({"audio.transcribe": heard})
    before = [Turn("a", "user", "Listen.", [0]), Turn("b", "assistant", "I did.")]
    conversation = asked("And this?", [1], before, file_ids=["f", "g"], looked_into={0: [heard.job_id]})
    recordings = [a_recording(tmp_path), a_recording(tmp_path)]

    with pytest.raises(AwaitsChildren):
        reply(conversation, *recordings, jobs=jobs)
    conversation.looked_into = {}
    with pytest.raises(AwaitsChildren):
        reply(conversation, *recordings, jobs=jobs)

    assert [list(wanted.sources) for wanted in jobs.asked] == [[1], [0]]


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
