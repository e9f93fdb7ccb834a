"""chat.reply has recordings and pictures looked into by other jobs, once, and rests on what they find."""

import pytest
from support.answer_servers import Script, serving
from support.house import HeldJobs
from support.replying import a_product, a_recording, a_segment, asked, said_in

from pipelines.contract import Part, PartKind, Source
from pipelines.errors import BadInput
from pipelines.house import AwaitsChildren, Turn


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
