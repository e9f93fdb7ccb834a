"""What operations, tags and parameters are called, where the code that serves them does not say it."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask

Document = dict[str, Any]  # Any: JSON

TAGS = {
    "batches": "Very many jobs by the lines of a manifest: checked before they run, watched and held back together.",
    "chat": "Conversations about what is remembered: a reply is a job whose parts are its tokens.",
    "events": "What happens, as it happens: over a WebSocket, or of one job as server-sent events.",
    "files": "What somebody brought: kept once by its content, looked at page by page, sent back byte for byte.",
    "health": "For whoever keeps the server running.",
    "house": "Who is asking, what can be done here, and what is being done.",
    "jobs": "Work: asked for, watched, cancelled, done again, and what came of it.",
    "keys": "Keys by which programs say who asks.",
    "memory": "What jobs heard, saw and read, found by words, by meaning and by pictures.",
    "models": "Engines and the weights that they need.",
    "openai": "What clients of OpenAI's API ask, in its shapes, errors too (docs/openai.md).",
    "session": "Who is asking and what they may.",
    "retention": "What goes by itself when it is old enough.",
    "uploads": "Large files in several requests, by tus 1.0.",
    "users": "Who has an account, who is invited, and what was done: for administrators.",
    "webhooks": "Calls to addresses of yours when something has happened, signed, and tried again until they arrive.",
}
PARAMETERS = {
    "batch_id": "The batch's id.",
    "collection": "The id of a collection.",
    "collection_id": "The collection's id.",
    "conversation_id": "The conversation's id.",
    "cursor": "`next` of the page before.",
    "delivery_id": "The delivery's id.",
    "file_id": "The file's id.",
    "identity_id": "The identity's id.",
    "format": "How it is written.",
    "invitation_id": "The invitation's id.",
    "job_id": "The job's id.",
    "key_id": "The key's id.",
    "kind": "Of one of these kinds.",
    "limit": "How many to tell at most.",
    "memory_id": "The memory's id.",
    "message_id": "The message's id.",
    "model": "The model's name.",
    "modality": "Of one of these modalities.",
    "name": "The name, as it is told.",
    "page": "The page, from 1.",
    "pipeline": "Of this pipeline.",
    "session_id": "The session's id.",
    "source_id": "The source's id.",
    "state": "In this state.",
    "tag": "With one of these tags.",
    "upload_id": "The upload's id.",
    "user_id": "The user's id; `local` is the first administrator.",
    "webhook_id": "The webhook's id.",
}
VERBS = {"index": "list", "show": "get"}
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def name_all(document: Document, app: Flask) -> None:
    """Give each operation its id, and tags and parameters their descriptions; those that have one keep it."""
    served_by = endpoints(app)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if endpoint := served_by.get((path, method)):
                operation["operationId"] = _operation_id(endpoint)
            for parameter in operation.get("parameters", []):
                if parameter.get("name") in PARAMETERS:
                    parameter.setdefault("description", PARAMETERS[parameter["name"]])
    for tag in document["tags"]:
        if tag["name"] in TAGS:
            tag.setdefault("description", TAGS[tag["name"]])


def _operation_id(endpoint: str) -> str:
    """`jobs.index` is `jobs_list`: what it is about and what is done, which stays when its address changes."""
    *about, name = endpoint.split(".")
    return "_".join([*about, VERBS.get(name, name)])


def endpoints(app: Flask) -> Mapping[tuple[str, str], str]:
    """The endpoint of each path, as the document writes it, and method."""
    return {
        (re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
