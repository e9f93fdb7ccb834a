"""text.chat hands a chat on to the server, with what is found in what is attached."""

import json
from dataclasses import replace

import pytest
from support.answer_servers import Script, serving, stream
from support.house import HeldJobs
from support.media import jpeg
from support.replying import a_product, a_recording, a_segment, said_in

from pipelines.contract import AnswerServer, Part, PartKind, Source
from pipelines.errors import EngineUnavailable
from pipelines.house import AwaitsChildren
from pipelines.standalone import run_pipeline, standalone_context

HELLO = {"role": "user", "content": "Hello"}


@pytest.fixture
def ask(tmp_path):
    """Ask a server for the next message; jobs that are asked for have made these products."""

    def ask(script, *messages, attached=(), made=(), sees=False, options=None, **params):
        path, workdir = tmp_path / "messages.json", tmp_path / "work"
        path.write_text(json.dumps({"messages": messages, "options": options or {}}))
        workdir.mkdir(exist_ok=True)
        server = AnswerServer(script.url, "tiny-chat", sees=sees) if script else None
        jobs = HeldJobs({product.pipeline: product for product in made})
        context = replace(standalone_context(workdir, tmp_path), answer_server=server, jobs=jobs)
        sources = [*attached, Source(path, path.name, "application/json", path.stat().st_size)]
        for _ in range(2):  # the second time what it waited for has ended
            try:
                return run_pipeline("text.chat", sources, params, context)
            except AwaitsChildren:
                continue
        raise AssertionError("it asks for ever more")

    return ask


def asking(*places):
    return {
        "role": "user",
        "content": [{"type": "text", "text": "What is it?"}, *({"type": "attached", "source": n} for n in places)],
    }


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "quay.jpg"
    path.write_bytes(jpeg())
    return Source(path, "quay.jpg", "image/jpeg", path.stat().st_size)


SEEN = (
    a_product(
        "image.read",
        [Part(PartKind.LINE, {"text": "ARDAL 1871", "page": 1, "box": {"x": 0, "y": 0, "width": 9, "height": 9}})],
    ),
    a_product("image.analyze", [Part(PartKind.LABELS, {"labels": [{"label": "harbour", "score": 0.9}]})]),
)


def test_messages_and_options_go_to_the_server_as_they_came(ask):
    system = {"role": "system", "content": "Be brief."}

    with serving(Script(["Good ", "day."])) as script:
        finished = ask(script, system, HELLO, options={"stop": ["x"], "seed": 7}, model="other", max_tokens=9)

    [asked] = script.asked
    assert asked["messages"] == [system, HELLO]
    assert (asked["stop"], asked["seed"], asked["model"], asked["max_tokens"]) == (["x"], 7, "other", 9)
    assert "temperature" not in asked
    assert "".join(part.body["text"] for part in finished.parts) == "Good day."
    assert finished.result.body["answer"] == "Good day."
    assert finished.result.body["usage"] == {"prompt_tokens": 7, "completion_tokens": 3}


def test_function_that_the_model_wants_called_is_told(ask):
    pieces = [
        {"index": 0, "id": "c1", "function": {"name": "tide", "arguments": '{"at":'}},
        {"index": 0, "function": {"arguments": '"noon"}'}},
    ]
    sent = b"".join(
        f"data: {json.dumps({'model': 'm', 'choices': [{'index': 0, 'delta': {'tool_calls': [piece]}}]})}\n\n".encode()
        for piece in pieces
    )

    with serving(Script(raw=sent + stream(finish_reason="tool_calls"))) as script:
        finished = ask(script, HELLO)

    call = {"id": "c1", "type": "function", "function": {"name": "tide", "arguments": '{"at":"noon"}'}}
    assert (finished.result.body["tool_calls"], finished.result.warnings) == ([call], ())
    assert finished.result.body["finish_reason"] == "tool_calls"


def test_server_that_sees_none_is_told_what_is_read_and_seen(ask, picture):
    with serving(Script(["A harbour."])) as script:
        finished = ask(script, asking(0), attached=[picture], made=SEEN)

    [said] = said_in(script)
    assert said["content"].startswith("What is it?\n\nAttached:\n\n(quay.jpg, page 1)\nARDAL 1871")
    assert "harbour (90%)" in said["content"]
    assert "not the pictures" in finished.result.warnings[0]


def test_server_that_sees_gets_the_picture_itself(ask, picture):
    with serving(Script(["A harbour."])) as script:
        finished = ask(script, asking(0), attached=[picture], sees=True)

    [said] = said_in(script)
    assert said["content"][0] == {"type": "text", "text": "What is it?"}
    assert said["content"][1]["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
    assert finished.result.warnings == ()


def test_what_is_said_in_a_recording_stands_in_its_place(ask, tmp_path):
    heard = a_product("audio.transcribe", [a_segment("When does it open?")])

    with serving(Script(["In 1871."])) as script:
        finished = ask(script, asking(0), attached=[a_recording(tmp_path)], made=[heard])

    assert "When does it open?" in said_in(script)[0]["content"]
    assert "not their sound" in finished.result.warnings[0]


def test_without_a_server_nothing_is_answered(ask):
    with pytest.raises(EngineUnavailable, match="TRIPTYCH_ANSWER_URL"):
        ask(None, HELLO)
