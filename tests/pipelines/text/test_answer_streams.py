"""text.answer takes whatever a server streams for what it is: an answer, or none."""

import gzip

import pytest
from support.answer_servers import Script, serving, stream

from pipelines.errors import BadInput, ServerAway, TransientFailure


@pytest.mark.parametrize("raw", [b"data: {not json\n\n", b"data: 5\n\n", b'data: {"choices": 3}\n\n', b""])
def test_malformed_stream_may_be_tried_again(ask, raw):
    with serving(Script(raw=raw)) as script, pytest.raises(TransientFailure) as told:
        ask("When?", url=script.url)

    assert not isinstance(told.value, ServerAway)


@pytest.mark.parametrize(
    "raw",
    [
        stream(5),
        stream({"a": 1}),
        stream(["piece"]),
        stream([{"type": "text", "text": 5}]),
        stream("It", model={"x": 1}),
        stream("It", finish_reason={"a": 1}),
        b"data: " + b"[" * 100_000 + b"\n\n",
        b"data: " + b"9" * 5_000 + b"\n\n",
        b'data: {"error": {"message": "no \\ud83d"}}\n\n',
    ],
    ids=["number", "object", "list", "part", "model", "reason", "deep", "long number", "error"],
)
def test_stream_of_what_an_answer_cannot_hold_may_be_tried_again(ask, raw):
    with serving(Script(raw=raw)) as script, pytest.raises(TransientFailure) as told:
        ask("When?", url=script.url)

    assert told.value.message.encode("utf-8")


@pytest.mark.parametrize("raw", [b"data: " + b"x" * 2_000_000, b"data: 1\n" * 200_000], ids=["line", "lines"])
def test_event_without_an_end_is_not_waited_for(ask, raw):
    with serving(Script(raw=raw)) as script, pytest.raises(TransientFailure, match="more than 1 MiB"):
        ask("When?", url=script.url)


def test_compressed_answer_is_not_unfolded(ask):
    packed = Script(raw=gzip.compress(stream("x" * 1_000)), encoding="gzip")

    with serving(packed) as script, pytest.raises(TransientFailure, match="compressed"):
        ask("When?", url=script.url)


def test_refusal_without_an_end_is_not_waited_for(ask):
    endless = Script(status=500, refusal="x" * 2_000_000)

    with serving(endless) as script, pytest.raises(TransientFailure, match="more than 1 MiB"):
        ask("When?", url=script.url)


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\r\r"])
def test_long_answer_of_short_events_is_heard_to_its_end(ask, end):
    raw = stream(*["word " * 2_000] * 150).decode("ascii").replace("\n\n", end).encode("ascii")

    with serving(Script(raw=raw)) as script, pytest.raises(BadInput, match="goes on behind 131,072 characters"):
        ask("When?", url=script.url, max_tokens=4096)


def test_names_that_the_server_tells_are_kept_to_a_hundred_characters(ask):
    raw = stream("It", model="m" * 10_000, finish_reason="r" * 10_000)

    with serving(Script(raw=raw)) as script:
        finished = ask("When?", url=script.url)

    assert finished.result.engine.model == "m" * 100
    assert finished.result.body["finish_reason"] == "r" * 100


def test_answer_in_parts_is_the_text_of_its_parts(ask):
    thought, text = {"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "In 1871."}

    with serving(Script(raw=stream([thought], [text], []))) as script:
        finished = ask("When?", url=script.url)

    assert finished.result.body["answer"] == "In 1871."


@pytest.mark.parametrize(
    ("contents", "answer"),
    [
        (["ship \ud83d", "\udea2!"], "ship \N{SHIP}!"),
        (["ship \ud83d", "", "\udea2"], "ship \N{SHIP}"),
        (["ship \ud83d", "\ud83d\udea2"], "ship \N{REPLACEMENT CHARACTER}\N{SHIP}"),
        (["ship \udea2", "s \ud83d"], "ship \N{REPLACEMENT CHARACTER}s \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_character_in_two_halves_is_joined_and_a_lone_half_is_told_as_lost(ask, contents, answer):
    with serving(Script(raw=stream(*contents))) as script:
        finished = ask("What?", url=script.url)

    assert finished.result.body["answer"] == answer
    assert "".join(part.body["text"] for part in finished.parts) == answer


def test_usage_that_is_no_number_is_left_out(ask):
    usage = {"prompt_tokens": float("nan"), "completion_tokens": 3}

    with serving(Script(raw=stream("In 1871.", usage=usage))) as script:
        finished = ask("When?", url=script.url)

    assert finished.result.body["usage"] is None
