"""Examples of what OpenAI's clients ask and are told."""

from collections.abc import Mapping
from typing import Any

from api.spec.sample_values import FILE, JOB, TALK

Json = dict[str, Any]  # Any: JSON

_AT = 1_795_255_200
_FILE_ID, _BATCH_ID = f"file-{FILE}", f"batch_{TALK}"
_MODEL: Json = {
    "id": "whisper-1",
    "object": "model",
    "created": _AT,
    "owned_by": "triptych",
    "root": "whisper/base",
}
_FILE: Json = {
    "id": _FILE_ID,
    "object": "file",
    "bytes": 1_048_576,
    "created_at": _AT,
    "filename": "calls.jsonl",
    "purpose": "batch",
    "status": "processed",
}
_BATCH: Json = {
    "id": _BATCH_ID,
    "object": "batch",
    "endpoint": "/v1/embeddings",
    "input_file_id": _FILE_ID,
    "completion_window": "24h",
    "status": "completed",
    "errors": None,
    "output_file_id": f"file-{TALK}-output",
    "error_file_id": None,
    "created_at": _AT,
    "in_progress_at": _AT + 1,
    "expires_at": _AT + 86_400,
    "finalizing_at": None,
    "completed_at": _AT + 60,
    "failed_at": None,
    "expired_at": None,
    "cancelling_at": None,
    "cancelled_at": None,
    "request_counts": {"total": 2, "completed": 2, "failed": 0},
    "metadata": {"run": "7"},
}
_MESSAGE: Json = {"role": "assistant", "content": "In 1871.", "refusal": None}
_CHAT: Json = {
    "id": f"chatcmpl-{JOB}",
    "object": "chat.completion",
    "created": _AT,
    "model": "llama-4",
    "choices": [{"index": 0, "message": _MESSAGE, "finish_reason": "stop", "logprobs": None}],
    "usage": {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17},
}
_QUESTION = {"role": "user", "content": "When did the harbour open?"}


def _page(one: Json) -> Json:
    return {"object": "list", "data": [one], "first_id": one["id"], "last_id": one["id"], "has_more": False}


OPENAI_WHOLES: Mapping[str, Json] = {
    "OpenAIModel": _MODEL,
    "OpenAIModelList": {"object": "list", "data": [_MODEL]},
    "OpenAITranscriptionForm": {"file": "the bytes of the recording", "model": "whisper-1", "response_format": "json"},
    "OpenAITranslationForm": {"file": "the bytes of the recording", "model": "whisper-1"},
    "OpenAITranscription": {"text": "Good morning.", "usage": {"type": "duration", "seconds": 1.5}},
    "OpenAISpeechRequest": {"model": "tts-1", "voice": "alloy", "input": "Good morning.", "response_format": "mp3"},
    "OpenAIChatRequest": {"model": "llama-4", "messages": [_QUESTION], "stream": False},
    "OpenAICompletion": _CHAT,
    "OpenAIEmbeddingRequest": {"model": "text-embedding-3-small", "input": ["Good morning."]},
    "OpenAIEmbeddings": {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.6, 0.8]}],
        "model": "all-MiniLM-L6-v2",
        "usage": {"prompt_tokens": 5, "total_tokens": 5},
    },
    "OpenAIFileForm": {"file": "the bytes of the file", "purpose": "batch"},
    "OpenAIFile": _FILE,
    "OpenAIFileList": _page(_FILE),
    "OpenAIFileGone": {"id": _FILE_ID, "object": "file", "deleted": True},
    "OpenAICreateBatch": {"input_file_id": _FILE_ID, "endpoint": "/v1/embeddings", "completion_window": "24h"},
    "OpenAIBatch": _BATCH,
    "OpenAIBatchList": _page(_BATCH),
}
