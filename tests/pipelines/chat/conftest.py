"""Replies written at a prompt."""

from dataclasses import replace

import pytest
from support.replying import HARBOUR, PARAMS

from pipelines.contract import AnswerServer, Source
from pipelines.standalone import run_pipeline, standalone_context


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
