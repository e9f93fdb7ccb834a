"""A server goes on with a dialogue: its first words are told at once, and a prompt that is too long by its own name."""

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from support.answer_servers import LONGEST_S, Script, serving

from pipelines.contract import AnswerServer
from pipelines.engines.chat_server import Exchange, WindowExceeded, prepare, said_at_once, say
from pipelines.errors import BadInput, EngineUnavailable
from pipelines.standalone import standalone_context

HELLO = Exchange([{"role": "user", "content": "Hello"}])


@pytest.fixture
def context(tmp_path):
    """A context of a run that asks the server at ``url``."""

    def asking(url):
        return replace(standalone_context(tmp_path), answer_server=AnswerServer(url, "tiny-chat"))

    return asking


class Held(BaseHTTPRequestHandler):
    """Says one token, and the rest when it is let."""

    go_on = threading.Event()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._say('{"content": "In "}', "null")
        self.go_on.wait(LONGEST_S)
        self._say('{"content": "1871."}', '"stop"')

    def _say(self, delta, reason):
        choice = f'{{"index": 0, "delta": {delta}, "finish_reason": {reason}}}'
        chunk = f'"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{choice}]'
        self.wfile.write(f"data: {{{chunk}}}\n\n".encode())

    def log_message(self, *_):
        """Say nothing."""


def test_first_token_is_told_while_the_next_one_is_being_made(context):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Held)
    serving_thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving_thread.start()
    try:
        saying = say(HELLO, context(f"http://127.0.0.1:{server.server_port}/v1"))
        first = next(saying)
        Held.go_on.set()
        rest = list(saying)
    finally:
        Held.go_on.set()
        server.shutdown()
        server.server_close()
        serving_thread.join()

    assert first.body["text"] == "In "
    assert "".join(part.body["text"] for part in rest) == "1871."


def test_messages_are_sent_as_they_are(context):
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]

    with serving(Script(["Hi."])) as script:
        said_at_once(Exchange(messages, temperature=1.0, max_tokens=7), context(script.url))

    [asked] = script.asked
    assert asked["messages"] == messages
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("tiny-chat", 1.0, 7)


@pytest.mark.parametrize(
    "refusal",
    [
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 5000 tokens.",
        "the request exceeds the available context size, try increasing it",
        "prompt is too long: 9000 tokens > 8192 maximum",
    ],
)
def test_prompt_beyond_the_servers_window_is_told_apart(context, refusal):
    with serving(Script(status=400, refusal=refusal)) as script, pytest.raises(WindowExceeded, match="no room"):
        said_at_once(HELLO, context(script.url))


def test_other_refusals_are_no_matter_of_length(context):
    with serving(Script(status=400, refusal="no such parameter")) as script, pytest.raises(BadInput) as told:
        said_at_once(HELLO, context(script.url))

    assert not isinstance(told.value, WindowExceeded)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [("The model `gpt-9` does not exist.", "no_such_model"), ("page not found", "engine_unavailable")],
)
def test_model_that_the_server_has_not_is_told_from_an_address_that_is_wrong(context, refusal, code):
    with serving(Script(status=404, refusal=refusal)) as script, pytest.raises(EngineUnavailable) as told:
        said_at_once(HELLO, context(script.url))

    assert told.value.code == code


def test_preparing_asks_nobody(context):
    prepare()

    with serving(Script(["Hi."])) as script:
        assert said_at_once(HELLO, context(script.url)) == "Hi."
    assert len(script.asked) == 1
