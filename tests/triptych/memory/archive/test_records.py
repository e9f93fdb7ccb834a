"""A line tells what the house itself writes, or is refused by its place: nothing else could be shown again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pipelines.catalogue import catalogue
from triptych.jobs.submission import LONGEST_S
from triptych.memory.archive.format import BadArchive, record_of
from triptych.memory.archive.records import LINES

AN_ID, ANOTHER = "01a21e00-0000-7000-8000-000000000001", "01a21e00-0000-7000-8000-000000000002"
A_HASH = "0" * 64
CITED = {"number": 1, "memory_id": None, "source_id": None, "file_id": AN_ID, "job_id": None, "title": "a.txt"} | {
    "text": "ships",
    "place": {"start": 0, "end": 5},
    "kind": "passage",
    "modality": "text",
}
ENDED = {"state": "failed", "engine": None, "warnings": [], "error": {"code": "gone", "message": "it is gone"}}
SETTINGS = {"memory": "asked", "system": "", "model": "", "temperature": 0.2, "speak": False}
RAN = {"attempt": 1, "time_limit_s": 60, "created_at": 1, "queued_at": 1, "started_at": 1, "finished_at": 2}
ENTRIES: Mapping[str, dict[str, Any]] = {
    "files.jsonl": {"id": AN_ID, "name": "a.txt", "media_type": "text/plain", "size_bytes": 5}
    | {"sha256": A_HASH, "created_at": 1},
    "jobs.jsonl": {"id": AN_ID, "pipeline": "text.keywords", "lane": "cpu", "priority": 0, "params": {}}
    | {"state": "succeeded", **RAN, "result": {}, "engine": {"name": "yake", "model": "1"}, "warnings": []}
    | {"error": None, "parent_id": None, "child": None, "remember": True, "inputs": [AN_ID]}
    | {"outputs": [{"name": "a.json", "media_type": "application/json", "size_bytes": 5, "sha256": A_HASH}]},
    "parts.jsonl": {"job_id": AN_ID, "seq": 1, "kind": "token", "body": {"text": "ships"}},
    "collections.jsonl": {"id": AN_ID, "name": "Sea", "created_at": 1},
    "sources.jsonl": {"id": AN_ID, "file_id": AN_ID, "job_id": None, "title": "a.txt", "media_type": "text/plain"}
    | {"created_at": 1, "tags": [], "collections": []},
    "memories.jsonl": {"id": AN_ID, "source": AN_ID, "kind": "passage", "modality": "text", "language": "en"}
    | {"text": "ships", "place": {"start": 0, "end": 5}, "position": 0, "created_at": 1, "pinned_at": None}
    | {"makers": [{"job_id": AN_ID, "attempt": 1}]},
    "conversations.jsonl": {"id": AN_ID, "title": "", "title_by": "auto", "settings": SETTINGS, "summary": ""}
    | {"summary_upto": None, "created_at": 1, "updated_at": 1},
    "messages.jsonl": {"id": AN_ID, "conversation_id": AN_ID, "parent_id": ANOTHER, "role": "assistant"}
    | {"text": "ships", "job_id": None, "citations": [CITED], "body": ENDED, "created_at": 1, "files": []},
}


def read(name: str, changes: Mapping[str, object]) -> object:
    """What the entry's line tells with these changes."""
    return record_of(LINES[name], json.dumps({**ENTRIES[name], **changes}).encode(), f"{name}, line 7")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        *((name, {}) for name in ENTRIES),
        ("jobs.jsonl", {"state": "cancelled", "attempt": 0, "engine": None}),
        ("jobs.jsonl", {"pipeline": "memory.index", "parent_id": ANOTHER, "child": -1, "params": {"job": ANOTHER}}),
        ("jobs.jsonl", {"pipeline": "audio.speak", "parent_id": ANOTHER, "child": -1001}),
        ("parts.jsonl", {"kind": "segment", "body": {"start_s": 0, "end_s": 1.5, "text": "a", "confidence": None}}),
        ("memories.jsonl", {"kind": "line", "place": {"box": {"x": 1, "y": 2, "width": 3, "height": 4}, "page": 1}}),
        ("memories.jsonl", {"kind": "note", "place": {}, "makers": []}),
        ("memories.jsonl", {"kind": "note", "place": {"start_s": 1, "end_s": 2, "speaker": "A"}, "makers": []}),
        ("messages.jsonl", {"role": "user", "parent_id": None, "citations": [], "body": {}}),
    ],
)
def test_what_the_house_writes_is_read(name, changes):
    assert read(name, changes)


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("memories.jsonl", {"kind": "labels", "place": {"start_s": "x"}}, "place.start_s"),
        ("memories.jsonl", {"kind": "labels", "place": {"box": {"x": 1}}}, "place.box.y"),
        ("memories.jsonl", {"kind": "picture", "place": {"box": "zz"}}, "place.box"),
        ("memories.jsonl", {"kind": "picture", "place": {"page": [1]}}, "place.page"),
        ("memories.jsonl", {"kind": "segment", "place": {"start_s": 0, "end_s": 1, "box": [1]}}, "place.box"),
        ("memories.jsonl", {"kind": "note", "place": {"start": 0, "end": 1, "box": [1]}}, "place.box"),
        ("messages.jsonl", {"citations": [CITED | {"kind": "title", "place": {"box": [1]}}]}, "place.box"),
        ("files.jsonl", {"name": "a\nb.txt"}, "name: no file has such a name"),
        ("files.jsonl", {"name": "../a.txt"}, "name: no file has such a name"),
        ("files.jsonl", {"name": "\u202egpj.exe"}, "name: no file has such a name"),
        ("files.jsonl", {"name": ""}, "name: no file has such a name"),
        ("files.jsonl", {"media_type": "text/plain\r\nX: y"}, "media_type"),
        ("files.jsonl", {"created_at": 2**38}, "created_at"),
        ("files.jsonl", {"size_bytes": 2**62}, "size_bytes"),
        ("jobs.jsonl", {"pipeline": "text key\u0007words"}, "pipeline"),
        ("jobs.jsonl", {"lane": "foo"}, "lane"),
        ("jobs.jsonl", {"engine": {"x": 1}}, "engine: name: Field required"),
        ("jobs.jsonl", {"engine": {"name": 1, "model": "1"}}, "engine: name"),
        ("jobs.jsonl", {"error": {"code": "gone"}}, "error: message: Field required"),
        ("jobs.jsonl", {"warnings": [{}]}, "warnings.0"),
        ("jobs.jsonl", {"time_limit_s": 2**31}, "time_limit_s"),
        ("jobs.jsonl", {"attempt": 2**31 - 1}, "attempt"),
        ("jobs.jsonl", {"attempt": 0}, "a job that never ran has not succeeded"),
        ("jobs.jsonl", {"started_at": None}, "a job that succeeded has a started_at"),
        ("jobs.jsonl", {"child": 3}, "parent_id and child"),
        ("jobs.jsonl", {"parent_id": ANOTHER, "child": -1}, "followed by memory.index"),
        ("jobs.jsonl", {"pipeline": "memory.index", "parent_id": ANOTHER, "child": 0}, "followed by memory.index"),
        (
            "jobs.jsonl",
            {"pipeline": "memory.index", "parent_id": ANOTHER, "child": -1, "params": {"job": AN_ID}},
            "memory.index remembers the job that it follows",
        ),
        ("jobs.jsonl", {"inputs": [AN_ID] * 40_000}, "inputs"),
        ("parts.jsonl", {"kind": "song"}, "kind"),
        ("parts.jsonl", {"seq": 0}, "seq"),
        ("parts.jsonl", {"body": {}}, "body.text: Field required"),
        ("parts.jsonl", {"kind": "segment", "body": {"text": "a", "start_s": "0", "end_s": 1}}, "body.start_s"),
        ("sources.jsonl", {"title": "a" * 1001}, "title"),
        ("memories.jsonl", {"language": "e\nn"}, "language"),
        ("memories.jsonl", {"kind": "segment"}, "place.start_s: Field required"),
        ("memories.jsonl", {"kind": "line", "place": {"box": {"x": 1}}}, "place.box.y: Field required"),
        ("memories.jsonl", {"kind": "note", "place": {"start": -1, "end": 2}}, "place.start"),
        ("memories.jsonl", {"makers": [{"job_id": AN_ID, "attempt": 2**31 - 1}]}, "makers.0.attempt"),
        ("conversations.jsonl", {"settings": {}}, "settings: memory: Field required"),
        ("conversations.jsonl", {"settings": {**SETTINGS, "x": 1}}, "settings: x: Extra inputs are not permitted"),
        ("conversations.jsonl", {"settings": {**SETTINGS, "temperature": 9}}, "settings: temperature"),
        ("conversations.jsonl", {"title_by": "me"}, "title_by"),
        ("messages.jsonl", {"role": "robot"}, "role"),
        ("messages.jsonl", {"body": {}}, "body.state: Field required"),
        ("messages.jsonl", {"citations": [{"x": 1}]}, "number: Field required"),
        ("messages.jsonl", {"citations": [{**CITED, "place": {}}]}, "place.start: Field required"),
        ("messages.jsonl", {"parent_id": None}, "a reply has a parent_id"),
        ("messages.jsonl", {"role": "user"}, "a question has neither citations"),
        ("messages.jsonl", {"files": [{"file_id": None, "name": "a\0b", "media_type": "text/plain"}]}, "NUL"),
    ],
)
def test_what_it_does_not_write_is_refused_by_its_place(name, changes, said):
    with pytest.raises(BadArchive) as refused:
        read(name, changes)

    assert str(refused.value).startswith(f"{name}, line 7: ")
    assert said in str(refused.value)


def test_no_pipeline_takes_longer_than_a_job_may():
    assert max(pipeline.time_limit_s for pipeline in catalogue().values()) <= LONGEST_S
