"""text.answer has a language model answer, or quotes and says so."""

import gzip
import json
import socket
from dataclasses import replace

import pytest
from pydantic import ValidationError
from support.answer_servers import LONGEST_S, Script, serving
from support.raw_server import answering

from pipelines.catalogue import catalogue
from pipelines.contract import AnswerServer, PartKind, Source
from pipelines.errors import BadInput, Cancelled, EngineUnavailable, ServerAway, TransientFailure
from pipelines.standalone import run_pipeline, standalone_context

KEY = "sk-very-secret"
HARBOUR = (
    "The harbour of Ardal opened in 1871. It was paid for by herring merchants.\n\n" + "Bread is baked daily. " * 60
)
BEES = "Honey bees live in colonies. A queen bee lays two thousand eggs a day.\n\n" + "Ships sail by night. " * 60


@pytest.fixture
def ask(tmp_path, models):
    """A function that asks a question about texts, of the server at ``url`` if there is one."""

    def run(question, *texts, url=None, check=None, **params):
        sources = []
        for number, text in enumerate(texts):
            path = tmp_path / f"text{number}.txt"
            path.write_text(text, encoding="utf-8")
            sources.append(Source(path, path.name, "text/plain", path.stat().st_size))
        context = standalone_context(tmp_path, models=models)
        server = AnswerServer(url, "tiny-chat", KEY) if url else None
        context = replace(context, answer_server=server, check=check or context.check)
        return run_pipeline("text.answer", sources, {"question": question, **params}, context)

    return run


def test_answer_comes_in_tokens_and_is_kept_whole(ask):
    with serving(Script(["It opened ", "in 1871."])) as script:
        finished = ask("When?", url=script.url)

    assert {part.kind for part in finished.parts} == {PartKind.TOKEN}
    assert "".join(part.body["text"] for part in finished.parts) == "It opened in 1871."
    assert finished.output("answer.md").path.read_text() == "It opened in 1871.\n"
    assert finished.result.body["usage"] == {"prompt_tokens": 7, "completion_tokens": 3}
    assert (finished.result.engine.name, finished.result.engine.model) == ("openai-compatible", "tiny-chat")
    assert not finished.result.warnings


def test_best_passages_are_sent_and_those_cited_are_told_with_their_places(ask):
    with serving(Script(["In 1871 [1]."])) as script:
        finished = ask("When did the harbour of Ardal open?", BEES, HARBOUR, url=script.url, passages=2)

    sent = script.asked[0]["messages"][1]["content"]
    (citation,) = finished.result.body["citations"]
    assert "opened in 1871" in sent
    assert len(finished.result.body["passages"]) == 2
    assert (citation["number"], citation["source"], citation["name"]) == (1, 1, "text1.txt")
    assert "opened in 1871" in HARBOUR[citation["start"] : citation["end"]]
    assert "[1] text1.txt" in finished.output("answer.md").path.read_text()


def test_citation_of_no_passage_is_warned_of(ask):
    with serving(Script(["Perhaps [9]."])) as script:
        finished = ask("When?", HARBOUR, url=script.url, passages=1)

    assert finished.result.body["citations"] == []
    assert "cites [9]" in finished.result.warnings[0]


def test_answer_that_was_cut_off_says_so(ask):
    with serving(Script(["It"], finish_reason="length")) as script:
        finished = ask("When?", url=script.url, max_tokens=1)

    assert script.asked[0]["max_tokens"] == 1
    assert "cut off at 1 tokens" in finished.result.warnings[0]


def test_answer_that_was_filtered_says_so(ask):
    with serving(Script(["It"], finish_reason="content_filter")) as script:
        finished = ask("When?", url=script.url)

    assert finished.result.body["finish_reason"] == "content_filter"
    assert "filter" in finished.result.warnings[0]


def test_cancel_closes_the_stream_so_that_the_server_stops(ask):
    checks = iter(range(1000))

    def cancelled_at_fourth():
        if next(checks) >= 3:
            raise Cancelled

    with serving(Script(["It "], never_ends=True)) as script:
        with pytest.raises(Cancelled):
            ask("When?", url=script.url, check=cancelled_at_fourth)
        noticed = script.broken_off.wait(LONGEST_S)

    assert noticed


@pytest.mark.parametrize("status", [429, 502, 503])
def test_server_that_has_no_time_is_waited_for(ask, status):
    with serving(Script(status=status, refusal="busy")) as script, pytest.raises(ServerAway, match="busy"):
        ask("When?", url=script.url)


def test_server_that_says_when_it_has_time_again_is_heard(ask):
    busy = Script(status=429, refusal="busy", retry_after="17")

    with serving(busy) as script, pytest.raises(ServerAway) as told:
        ask("When?", url=script.url)

    assert told.value.retry_after_s == 17.0


def test_server_that_dies_in_the_middle_may_be_tried_again(ask):
    dying = Script(["It opened ", "in 18", "71."], dies_after=2)

    with serving(dying) as script, pytest.raises(TransientFailure, match="server") as told:
        ask("When?", url=script.url)

    assert len(script.asked) == 1
    assert not isinstance(told.value, ServerAway)


def test_server_that_does_not_stop_writing_is_left(ask):
    endless = Script(over_and_over=stream("word " * 2000).partition(b"\n\n")[0] + b"\n\n")

    with serving(endless) as script:
        with pytest.raises(BadInput, match="goes on behind 32,768 characters") as told:
            ask("When?", url=script.url)
        noticed = script.broken_off.wait(LONGEST_S)

    assert noticed
    assert told.value.code == "endless_answer"


def test_server_that_is_gone_is_waited_for_and_not_stood_in_for(ask):
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}/v1"

    with pytest.raises(ServerAway, match="does not answer"):
        ask("When?", HARBOUR, url=url)


LOOP = b"HTTP/1.1 307 Elsewhere\r\nLocation: /v1/chat/completions\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ASTRAY = b"HTTP/1.1 307 Elsewhere\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ENDLESS = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (LOOP, "maximum allowed redirects"),
        (ASTRAY, "unsupported protocol 'ftp://'"),
        (ENDLESS, "buffer too long"),
        (b"this is no HTTP\r\n\r\n", "illegal status line"),
    ],
    ids=["redirects in a circle", "redirects to no HTTP", "headers without end", "no HTTP"],
)
def test_what_no_waiting_mends_fails_at_once(ask, answer, why):
    with answering(answer) as url, pytest.raises(EngineUnavailable, match=f"TRIPTYCH_ANSWER_URL .*{why}"):
        ask("When?", url=f"{url}/v1")


def test_server_that_hangs_up_before_it_says_anything_is_waited_for(ask):
    with answering(b"") as url, pytest.raises(ServerAway, match="does not answer"):
        ask("When?", url=f"{url}/v1")


@pytest.mark.parametrize(("status", "failure"), [(401, EngineUnavailable), (404, EngineUnavailable), (400, BadInput)])
def test_refusal_is_told_in_the_servers_words_without_the_key(ask, status, failure):
    with serving(Script(status=status, refusal=f"no, {KEY}")) as script, pytest.raises(failure, match="no, ") as told:
        ask("When?", url=script.url)

    assert script.keys == [f"Bearer {KEY}"]
    assert KEY not in told.value.message


@pytest.mark.parametrize("raw", [b"data: {not json\n\n", b"data: 5\n\n", b'data: {"choices": 3}\n\n', b""])
def test_malformed_stream_may_be_tried_again(ask, raw):
    with serving(Script(raw=raw)) as script, pytest.raises(TransientFailure) as told:
        ask("When?", url=script.url)

    assert not isinstance(told.value, ServerAway)


def stream(*contents, **told):
    """A server's stream whose chunks hold ``contents``, ASCII that escapes what is beyond, and then ``told``."""
    chunks = [{"model": "m", "choices": [{"index": 0, "delta": {"content": content}}]} for content in contents]
    end = {"index": 0, "delta": {}, "finish_reason": told.pop("finish_reason", "stop")}
    chunks.append({"model": "m", "choices": [end], **told})
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode("ascii")


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


def test_without_a_server_sentences_are_quoted_and_called_excerpts(ask):
    finished = ask("When did the harbour of Ardal open?", BEES, HARBOUR)

    first = finished.result.body["citations"][0]
    assert HARBOUR[first["start"] : first["end"]] == "The harbour of Ardal opened in 1871."
    assert finished.parts[0].body["text"] == "The harbour of Ardal opened in 1871."
    assert finished.result.engine.name == "extractive"
    assert any("no server is configured" in warning for warning in finished.result.warnings)
    assert any("no language model wrote" in warning for warning in finished.result.warnings)


def test_sentences_about_something_else_are_not_quoted(ask):
    finished = ask("When did the harbour of Ardal open?", "The harbour of Ardal opened in 1871.", BEES)

    assert [part.body["text"] for part in finished.parts] == ["The harbour of Ardal opened in 1871."]


def test_what_had_to_be_guessed_of_a_document_is_told(tmp_path):
    guessed = tmp_path / "guessed.txt"
    guessed.write_bytes("Die Bücher stehen im Regal.".encode("cp1252"))
    source = Source(guessed, guessed.name, "text/plain", guessed.stat().st_size)

    finished = run_pipeline("text.answer", [source], {"question": "Wo?"}, standalone_context(tmp_path))

    assert finished.result.body["citations"][0]["name"] == "guessed.txt"
    assert any("Windows-1252" in warning for warning in finished.result.warnings)


def test_answer_that_stands_in_a_table_is_found(tmp_path, models):
    table = "# Ports\n\nBread is baked daily.\n\n| Port | Opened |\n|---|---|\n| Ardal | 1871 |\n| Vik | 1902 |\n"
    path = tmp_path / "ports.md"
    path.write_text(table)
    source = Source(path, path.name, "text/markdown", path.stat().st_size)

    finished = run_pipeline(
        "text.answer", [source], {"question": "When did Ardal open?"}, standalone_context(tmp_path, models=models)
    )

    first = finished.result.body["citations"][0]
    assert table[first["start"] : first["end"]] == "| Ardal | 1871 |"


def test_documents_in_a_language_that_is_compared_less_well_are_warned_of(ask):
    finished = ask("Wann?", "Die Bienen leben in großen Völkern und sammeln im Sommer Nektar.", HARBOUR)

    assert [warning for warning in finished.result.warnings if "'de'" in warning]
    assert not [warning for warning in ask("When?", HARBOUR).result.warnings if "trained on English" in warning]


def test_without_a_server_and_documents_nothing_is_made_up(ask):
    with pytest.raises(EngineUnavailable, match=r"TRIPTYCH_ANSWER_URL.*none was given"):
        ask("When?")


def test_server_without_a_model_says_where_to_name_one(tmp_path):
    context = replace(standalone_context(tmp_path), answer_server=AnswerServer("http://127.0.0.1:9/v1"))

    with pytest.raises(EngineUnavailable, match="TRIPTYCH_ANSWER_MODEL"):
        run_pipeline("text.answer", [], {"question": "When?"}, context)


def test_key_does_not_show_in_what_is_printed():
    assert KEY not in repr(AnswerServer("http://127.0.0.1:9/v1", "tiny-chat", KEY))


@pytest.mark.parametrize("params", [{}, {"question": ""}, {"question": "  "}, {"question": "?", "temperature": 3}])
def test_params_without_a_question_or_out_of_bounds_are_refused(params):
    with pytest.raises(ValidationError):
        catalogue()["text.answer"].params.model_validate(params)


def test_sampled_answer_is_never_reused():
    assert catalogue()["text.answer"].made_by is None
