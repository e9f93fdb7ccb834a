"""Chats for OpenAI's SDK, over a server of the test's own."""

from base64 import b64encode
from dataclasses import replace
from threading import Event

import openai
import pytest
from support.answer_servers import Script, serving
from support.media import jpeg, wav
from support.stores import with_settings
from support.working import working

from api.room import LOCAL_USER
from pipelines.catalogue import catalogue
from pipelines.errors import ServerAway

ANSWERED_S = 60
HELLO = [{"role": "user", "content": "Hello"}]
CHAT = catalogue()["text.chat"]


@pytest.fixture
def answering(sqlite_store):
    """Have chats answered by the server that plays ``script``, for a block."""

    def answering(script, *besides):
        store = with_settings(sqlite_store, answer_url=script.url, answer_model="tiny-chat", offline=False)
        return working(store, LOCAL_USER, CHAT, *besides)

    return answering


def test_answer_is_the_servers(inside, answering):
    with serving(Script(["Good ", "day."])) as script, answering(script):
        answer = inside.chat.completions.create(model="tiny-chat", messages=HELLO, temperature=0.5, stop="x", user="me")

    [choice] = answer.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "Good day.", "stop")
    assert (answer.model, answer.usage.total_tokens) == ("tiny-chat", 10)
    assert (script.asked[0]["temperature"], script.asked[0]["stop"]) == (0.5, "x")
    assert "user" not in script.asked[0]


def test_words_come_one_by_one_with_the_usage_behind_them(inside, answering):
    heard = Event()
    script = Script(["Good ", "day."], meanwhile=lambda: heard.wait(ANSWERED_S))

    with serving(script), answering(script):
        coming = inside.chat.completions.create(
            model="tiny-chat", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        begun = [next(coming), next(coming)]
        heard.set()
        *chunks, last = [*begun, *coming]

    deltas = [chunk.choices[0].delta.content for chunk in chunks]
    assert deltas == ["", "Good ", "day.", None]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert (last.choices, last.usage.prompt_tokens) == ([], 7)


def test_what_breaks_off_is_told_at_the_end_of_the_stream(inside, answering):
    script = Script(["Good ", "day."], dies_after=1)

    with serving(script), answering(script), pytest.raises(openai.APIError, match="broke"):
        list(inside.chat.completions.create(model="tiny-chat", messages=HELLO, stream=True))


def test_model_that_the_server_has_not_is_told_so(inside, answering):
    script = Script(status=404, refusal="model 'gpt-9' not found")

    with serving(script), answering(script), pytest.raises(openai.NotFoundError, match="gpt-9") as refused:
        inside.chat.completions.create(model="gpt-9", messages=HELLO)

    assert (refused.value.param, refused.value.code) == ("model", "model_not_found")


ANSWERED = {"role": "assistant", "content": "Hm.", "refusal": None, "annotations": [], "audio": None}


@pytest.mark.parametrize(
    "said",
    [
        {**ANSWERED, "function_call": None, "tool_calls": None},
        {**ANSWERED, "reasoning_content": "Let me see.", "reasoning": "Let me see."},
        {**ANSWERED, "content": None, "refusal": "Hm."},
    ],
)
def test_answer_may_be_sent_back_as_it_came(inside, answering, said):
    with serving(Script(["Good."])) as script, answering(script):
        inside.chat.completions.create(model="tiny-chat", messages=[*HELLO, said, *HELLO])

    assert script.asked[0]["messages"][1] == {"role": "assistant", "content": "Hm."}


def test_what_changes_nothing_is_taken_and_what_the_server_knows_is_handed_on(inside, answering):
    asked = {
        "stream": None,
        "logprobs": False,
        "top_logprobs": 0,
        "modalities": ["text"],
        "service_tier": "auto",
        "safety_identifier": "me",
        "prompt_cache_key": "k",
        "logit_bias": {"50256": -100},
        "verbosity": "low",
        "top_k": 3,
    }

    with serving(Script(["Good."])) as script, answering(script):
        inside.chat.completions.create(model="tiny-chat", messages=HELLO, extra_body=asked)

    handed_on = {name: script.asked[0].get(name) for name in asked if name != "stream"}
    kept = {"logit_bias": {"50256": -100}, "verbosity": "low", "top_k": 3}
    assert handed_on == {**dict.fromkeys(handed_on), **kept}


@pytest.mark.parametrize("is_streamed", [False, True])
def test_without_a_server_the_sdk_is_told_so(inside, work_inside, is_streamed):
    with work_inside(CHAT), pytest.raises(openai.InternalServerError) as refused:
        inside.chat.completions.create(model="gpt-9", messages=HELLO, stream=is_streamed)

    assert (refused.value.status_code, refused.value.code) == (503, "engine_unavailable")
    assert "TRIPTYCH_ANSWER_URL" in refused.value.message


def test_server_that_is_away_is_not_waited_for(inside, sqlite_client, work_inside):
    def away(sources, params, context):
        raise ServerAway("it does not answer")
        yield

    with work_inside(replace(CHAT, function=away)):
        for _ in range(2):  # the second time nobody tries
            with pytest.raises(openai.InternalServerError, match="it does not answer") as refused:
                inside.chat.completions.create(model="tiny-chat", messages=HELLO)

    [job] = sqlite_client.get("/api/v1/jobs").get_json()["items"]
    assert (refused.value.status_code, refused.value.code, job["state"]) == (503, "away", "cancelled")
    assert "X-Should-Retry" not in refused.value.response.headers


def test_pictures_recordings_and_documents_are_files_of_the_job(inside, sqlite_client, work_inside):
    parts = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": data_url("image/jpeg", jpeg())}},
        {"type": "input_audio", "input_audio": {"data": b64encode(wav()).decode(), "format": "wav"}},
        {"type": "file", "file": {"file_data": data_url("text/plain", b"The harbour."), "filename": "a.txt"}},
    ]

    with work_inside(CHAT), pytest.raises(openai.InternalServerError):  # there is no server
        inside.chat.completions.create(model="tiny-chat", messages=[{"role": "user", "content": parts}])

    [job] = sqlite_client.get("/api/v1/jobs").get_json()["items"]
    types = [one["media_type"] for one in job["inputs"]]
    assert types == ["image/jpeg", "audio/wav", "text/plain", "application/json"]


def test_stored_files_are_named_by_their_ids_among_others(inside, answering):
    note, other = (inside.files.create(file=(f"{n}.txt", n.encode()), purpose="user_data").id for n in ("sea", "sun"))
    parts = [
        {"type": "file", "file": {"file_id": note}},
        {"type": "file", "file": {"file_data": data_url("text/plain", b"moon"), "filename": "a.txt"}},
        {"type": "file", "file": {"file_id": other}},
    ]

    with serving(Script(["Good."])) as script, answering(script, *catalogue().values()):
        inside.chat.completions.create(model="tiny-chat", messages=[{"role": "user", "content": parts}])

    said = script.asked[0]["messages"][0]["content"]
    assert said.index("sea") < said.index("moon") < said.index("sun")


def test_stored_file_that_is_not_there_is_told_so(inside, sqlite_client):
    parts = [{"type": "file", "file": {"file_id": "file-0190a6a0-0000-7000-8000-000000000000"}}]

    with pytest.raises(openai.NotFoundError) as refused:
        inside.chat.completions.create(model="tiny-chat", messages=[{"role": "user", "content": parts}])

    assert refused.value.code == "not_found"
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


def data_url(media_type, content):
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def image(url):
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "oracle", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": image("http://169.254.169.254/latest")}, "messages.0.content.0"),
        ({"messages": image("data:image/png;base64,!!")}, "messages.0.content.0"),
        ({"messages": image("data:image/png;base64,")}, "messages.0.content.0"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "messages.0.content.0"),
        ({"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]}, "messages.0.content.0"),
        ({"messages": image(data_url("image/png", b"x")) * 21}, "messages.20.content.0"),
        ({"n": 2}, "n"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_completion_tokens": 0}, "max_completion_tokens"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities.1"),
        ({"functions": []}, "functions"),
    ],
)
def test_bad_value_is_named(inside, sqlite_client, asked, param):
    with pytest.raises(openai.BadRequestError) as refused:
        inside.chat.completions.create(**{"model": "tiny-chat", "messages": HELLO, **asked})

    assert refused.value.param == param
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


def test_picture_that_is_none_leaves_nothing_behind(inside, left_behind):
    with pytest.raises(openai.BadRequestError):
        inside.chat.completions.create(
            model="tiny-chat", messages=image(data_url("image/png", b"\x89PNG\r\n\x1a\nbroken"))
        )

    assert left_behind() == []
