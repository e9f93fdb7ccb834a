"""Examples that are written out, since their values hang together: a job that has succeeded, say."""

from collections.abc import Mapping
from typing import Any

from api.spec.sample_values import AT, COLLECTION, FILE, JOB, MEMORY, REPLY, SOURCE, TALK

Json = dict[str, Any]  # Any: JSON

_INPUT: Json = {
    "file_id": FILE,
    "name": "talk.mp3",
    "media_type": "audio/mpeg",
    "size_bytes": 1_048_576,
    "url": f"/api/v1/files/{FILE}/content",
}
_OUTPUT: Json = {
    "name": "transcript.srt",
    "media_type": "application/x-subrip",
    "size_bytes": 2_048,
    "url": f"/api/v1/jobs/{JOB}/outputs/transcript.srt",
}
_ENGINE: Json = {"name": "ctranslate2", "model": "base", "version": "4.8.5"}
_JOB: Json = {
    "id": JOB,
    "children": None,
    "parent_id": None,
    "batch_id": None,
    "pipeline": "audio.transcribe",
    "state": "succeeded",
    "lane": "gpu",
    "priority": "interactive",
    "position": None,
    "eta_s": None,
    "progress": {"fraction": 1.0, "note": "transcribing"},
    "attempt": 1,
    "time_limit_s": 3600.0,
    "not_before": None,
    "inputs": [_INPUT],
    "params": {"language": "en"},
    "result": {"language": "en", "duration_s": 61.2},
    "outputs": [_OUTPUT],
    "engine": _ENGINE,
    "warnings": [],
    "error": None,
    "cached": False,
    "created_at": AT,
    "started_at": "2026-11-22T10:00:01.000Z",
    "finished_at": "2026-11-22T10:00:41.500Z",
}
_QUESTION: Json = {
    "id": TALK,
    "parent_id": None,
    "role": "user",
    "text": "When does the harbour open?",
    "files": [],
    "job_id": None,
    "state": None,
    "citations": [],
    "engine": None,
    "warnings": [],
    "error": None,
    "speech": None,
    "created_at": AT,
}
_REPLY: Json = {
    **_QUESTION,
    "id": REPLY,
    "parent_id": TALK,
    "role": "assistant",
    "text": "",
    "job_id": JOB,
    "state": "queued",
}
_PLACE: Json = {"start_s": 12.5, "end_s": 15.0, "speaker": None}
_MEMORY: Json = {
    "id": MEMORY,
    "kind": "segment",
    "modality": "audio",
    "language": "en",
    "text": "The harbour opens at six.",
    "place": _PLACE,
    "job_id": JOB,
    "created_at": AT,
    "pinned_at": None,
}
_SOURCE: Json = {
    "id": SOURCE,
    "title": "talk.mp3",
    "media_type": "audio/mpeg",
    "file_id": FILE,
    "job_id": None,
    "created_at": AT,
    "tags": ["harbours"],
    "collections": [],
}

WHOLES: Mapping[str, Json] = {
    "BatchForm": {"pipeline": "text.summarize", "file": ["the bytes of a file"]},
    "BatchRequest": {"pipeline": "text.summarize", "files": [FILE]},
    "ChatMessage": _REPLY,
    "Collection": {"id": COLLECTION, "name": "Harbours", "sources": 7, "created_at": AT},
    "CollectionRequest": {"name": "Harbours"},
    "ConversationChange": {"title": "The harbour", "settings": {"memory": "always"}},
    "ConversationRequest": {"settings": {"memory": "always"}},
    "ConversationSettings": {"memory": "always", "system": "", "model": "", "temperature": 0.2, "speak": False},
    "EditRequest": {"text": "When does the harbour close?"},
    "Health": {"status": "ready", "database": True, "redis": True},
    "Imported": {"files": 3, "jobs": 5, "memories": 42, "conversations": 1, "skipped": 0, "warnings": []},
    "Job": _JOB,
    "JobForm": {"pipeline": "audio.transcribe", "params": '{"language": "en"}', "file": ["the bytes of the file"]},
    "JobRequest": {"pipeline": "text.summarize", "text": "The harbour opens at six. It closes at ten.", "params": {}},
    "JobSelection": {"states": ["failed"], "pipeline": "audio.transcribe"},
    "MapParams": {"limit": 5000},
    "Memory": _MEMORY,
    "MemorySource": _SOURCE,
    "MessageRequest": {"text": "When does the harbour open?"},
    "ModelRequest": {"name": "whisper/base"},
    "NoteChange": {"text": "Ask about the tides."},
    "NoteRequest": {"source_id": SOURCE, "text": "Ask about the tides."},
    "Part": {
        "seq": 1,
        "kind": "segment",
        "body": {"text": "The harbour opens at six.", "start_s": 12.5, "end_s": 15.0},
    },
    "PostedMessage": {"message": _QUESTION, "reply": _REPLY},
    "RegenerateRequest": {"memory": True},
    "Removal": {"jobs": 3, "files": 7, "size_bytes": 1_048_576},
    "SearchForm": {"text": "a harbour at night", "file": "the bytes of the picture"},
    "SearchRequest": {"text": "harbour", "modality": ["audio"], "limit": 20},
    "Stats": {
        "states": {"queued": 3, "running": 1, "succeeded": 40, "failed": 2, "cancelled": 0},
        "items": [{"pipeline": "audio.transcribe", "state": "queued", "jobs": 3}],
    },
    "TagsRequest": {"tags": ["harbours"]},
    "Worker": {"name": "cpu@host", "lanes": ["cpu"], "slots": 2, "running": 1, "seen_at": AT},
}
