"""The OpenAPI document: what flask-openapi gathers from the routes, with every schema exact."""

from copy import deepcopy
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.openai.document import TAG, openai_paths, openai_schemas
from api.routes.documented import problems
from api.schemas import (
    account,
    batch,
    conversation,
    direct_upload,
    events,
    file,
    house,
    job,
    listening,
    memory,
    memory_requests,
    model,
    oidc,
    problem,
    requests,
    retention,
    upload,
    users,
    webhook,
)
from api.spec.conditions import tell_conditions
from api.spec.examples import add_examples
from api.spec.links import add_links
from api.spec.names import name_all
from api.spec.security import tell_security
from api.tus_document import add_tus
from pipelines.memory.map import MapParams
from pipelines.memory.reindex import ReindexParams

VERSION = "3.1.1"
TOLD: tuple[type[BaseModel], ...] = (
    problem.Problem,
    file.File,
    file.FilePage,
    file.FileText,
    upload.PendingUpload,
    upload.PendingUploadPage,
    direct_upload.DirectUpload,
    direct_upload.KnownContent,
    direct_upload.PartAddresses,
    retention.Retention,
    job.Job,
    job.JobPage,
    job.Part,
    job.PartPage,
    job.AttemptList,
    job.Changed,
    batch.Batch,
    batch.BatchPage,
    batch.BatchLinePage,
    house.Pipeline,
    house.PipelineList,
    account.Session,
    account.Door,
    account.StayList,
    oidc.Departure,
    oidc.IdentityList,
    account.KeyList,
    users.Account,
    users.AccountPage,
    users.InvitationList,
    users.NewInvitation,
    users.EntryPage,
    account.NewKey,
    model.ModelList,
    house.SpeakerList,
    house.LaneList,
    house.WorkerList,
    house.Stats,
    house.Health,
    conversation.Conversation,
    conversation.ConversationPage,
    conversation.ChatMessage,
    conversation.ChatMessagePage,
    conversation.PostedMessage,
    memory.Memory,
    memory.MemoryHits,
    memory.MemoryDetail,
    memory.MemoryPage,
    memory.ListedSource,
    memory.SourcePage,
    memory.TagList,
    memory.Collection,
    memory.CollectionList,
    memory.MemoryStatus,
    memory.MapJob,
    memory.Imported,
    events.Message,
    listening.ListenMessage,
    webhook.Webhook,
    webhook.WebhookWithSecret,
    webhook.WebhookList,
    webhook.Delivery,
    webhook.DeliveryDetail,
    webhook.DeliveryPage,
)
ASKED: tuple[type[BaseModel], ...] = (
    requests.JobRequest,
    requests.JobForm,
    requests.JobSelection,
    batch.BatchRequest,
    batch.BatchForm,
    batch.ResultsQuery,  # whose two enumerations its parameters refer to
    requests.FileForm,
    requests.ModelRequest,
    direct_upload.DirectRequest,
    direct_upload.PartsRequest,
    retention.RetentionRequest,
    account.SignIn,
    account.SetUp,
    account.Acceptance,
    account.PasswordChange,
    account.KeyRequest,
    oidc.OidcRequest,
    oidc.LinkRequest,
    users.AccountChange,
    users.InvitationRequest,
    conversation.ConversationRequest,
    conversation.ConversationChange,
    conversation.MessageRequest,
    conversation.RegenerateRequest,
    conversation.EditRequest,
    memory_requests.SearchRequest,
    memory_requests.SearchForm,
    memory_requests.NoteRequest,
    memory_requests.NoteChange,
    memory_requests.TagsRequest,
    memory_requests.CollectionRequest,
    MapParams,
    ReindexParams,
    listening.ListenRequest,
    webhook.WebhookRequest,
    webhook.WebhookChange,
)
_UPGRADE = {
    "101": {"description": "Switching Protocols"},
    **problems("upgrade_required", "too_many_clients"),
}
SOCKET = {
    "get": {
        "tags": ["events"],
        "summary": "The WebSocket: everything that happens to the caller's jobs.",
        "description": "Each text message is a `Message`. The client sends nothing.",
        "operationId": "socket",
        "parameters": [
            {
                "name": "after",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "The last event id that was seen.",
            }
        ],
        "responses": _UPGRADE,
    }
}
LISTEN = {
    "get": {
        "tags": ["events"],
        "summary": "The WebSocket of a live recording: sound comes in, what is heard in it goes out.",
        "description": "The client begins with a `ListenRequest` as text and then sends binary messages, 16-bit "
        "little-endian PCM, mono, 16 kHz. Each text message of the server is a `ListenMessage`.",
        "operationId": "listen",
        "responses": _UPGRADE,
    }
}


def _header(name: str, description: str) -> dict[str, Any]:  # Any: JSON, here and below
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


_TALK = "/api/v1/conversations/{conversation_id}/messages"
HEADERS = {
    ("/api/v1/jobs", "post"): _header("Idempotency-Key", "Makes a repeat answer the first job: 1 to 255 characters."),
    **{
        (f"{_TALK}{what}", "post"): _header("Idempotency-Key", "Makes a repeat ask nothing: 1 to 255 characters.")
        for what in ("", "/{message_id}/edit", "/{message_id}/regenerate")
    },
    ("/api/v1/batches", "post"): _header(
        "Idempotency-Key", "Makes a repeat answer the first batch: 1 to 255 characters."
    ),
    ("/api/v1/jobs/{job_id}/events", "get"): _header("Last-Event-ID", "The last event that was seen."),
}


def document(app: Flask) -> dict[str, Any]:
    """The document of ``app``, sorted, so that the same code always writes the same text."""
    gathered: dict[str, Any] = deepcopy(app.api_doc)  # type: ignore[attr-defined]  # app is flask-openapi's
    paths = {path: _without_own_422(item) for path, item in gathered["paths"].items()}
    for (path, method), header in HEADERS.items():
        operation = paths[path][method]
        operation["parameters"] = [*operation.get("parameters", []), header]
    add_tus(paths)
    paths |= openai_paths()
    told = {
        "openapi": VERSION,
        "info": gathered["info"],
        "servers": [{"url": "/", "description": "The server that this document comes from."}],
        "paths": dict(sorted({**paths, "/api/v1/listen": LISTEN, "/api/v1/socket": SOCKET}.items())),
        "components": {"schemas": {**_schemas(gathered["components"]["schemas"]), **openai_schemas()}},
        "tags": sorted([*gathered.get("tags", []), {"name": TAG}], key=lambda tag: str(tag["name"])),
    }
    name_all(told, app)
    tell_security(told, app)
    tell_conditions(told)
    add_examples(told)
    add_links(told)
    return told


def _schemas(gathered: dict[str, Any]) -> dict[str, Any]:
    """Those of bodies, and of what was gathered the choices that queries alone offer."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "serialization") for model in TOLD),
        *((model, "validation") for model in ASKED),
    ]
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    choices = {name: schema for name, schema in gathered.items() if "enum" in schema}
    return dict(sorted({**choices, **found["$defs"]}.items()))


def _without_own_422(item: dict[str, Any]) -> dict[str, Any]:
    """The library adds a 422 of its own shape wherever none is declared; ours is among the default problems."""
    for operation in item.values():
        declared = operation["responses"].get("422", {}).get("content", {})
        if "application/json" in declared:
            del operation["responses"]["422"]
    return item
