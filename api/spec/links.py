"""Where to go on from an answer: what tells a job leads to all that can be asked of it, and a page to the next."""

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]  # Any: JSON

LEADS: Mapping[str, Mapping[str, str]] = {
    "Batch": {"batch_id": "/id"},
    "BatchPage": {"batch_id": "/items/0/id"},
    "ChatMessagePage": {"message_id": "/items/0/id"},
    "Collection": {"collection_id": "/id"},
    "CollectionList": {"collection_id": "/items/0/id"},
    "Conversation": {"conversation_id": "/id"},
    "ConversationPage": {"conversation_id": "/items/0/id"},
    "File": {"file_id": "/id"},
    "FilePage": {"file_id": "/items/0/id"},
    "IdentityList": {"identity_id": "/items/0/id"},
    "Job": {"job_id": "/id", "name": "/outputs/0/name"},
    "JobPage": {"job_id": "/items/0/id", "name": "/items/0/outputs/0/name"},
    "ListedSource": {"source_id": "/source/id"},
    "Memory": {"memory_id": "/id"},
    "MemoryDetail": {"memory_id": "/memory/id", "source_id": "/source/id"},
    "MemoryHits": {"memory_id": "/items/0/memory/id"},
    "MemoryPage": {"memory_id": "/items/0/id"},
    "PostedMessage": {"message_id": "/message/id", "job_id": "/reply/job_id"},
    "KeyList": {"key_id": "/items/0/id"},
    "NewKey": {"key_id": "/id"},
    "OpenAIBatch": {"batch_id": "/id", "file_id": "/input_file_id"},
    "OpenAIBatchList": {"batch_id": "/data/0/id"},
    "OpenAIFile": {"file_id": "/id"},
    "OpenAIFileList": {"file_id": "/data/0/id"},
    "PendingUpload": {"upload_id": "/id"},
    "PendingUploadPage": {"upload_id": "/items/0/id"},
    "DeliveryPage": {"delivery_id": "/items/0/id"},
    "SourcePage": {"source_id": "/items/0/source/id"},
    "Webhook": {"webhook_id": "/id"},
    "WebhookList": {"webhook_id": "/items/0/id"},
    "WebhookWithSecret": {"webhook_id": "/id"},
}
"""By what is told: which parameters of paths it gives, and where they stand in it."""
BODIES: Mapping[tuple[str, str], Json] = {
    ("OpenAIFile", "openai_create_batch"): {
        "input_file_id": "$response.body#/id",
        "endpoint": "/v1/embeddings",
        "completion_window": "24h",
    },
}
"""By what is told, and the operation that is asked then: what its body is made of."""


def add_links(document: Json) -> None:
    """Give each answer that is a success the links that its schema and its request make possible."""
    links: Json = {}
    document["components"]["links"] = links
    asked = {operation["operationId"]: _in_path(operation) for operation in _operations(document)}
    for operation in _operations(document):
        for status, response in operation["responses"].items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            if status.startswith("2") and name:
                found = {**_onward(name, asked, operation), **_next_page(document, name, operation)}
                links |= found
                if found:
                    response["links"] = {
                        link["operationId"]: {"$ref": f"#/components/links/{key}"} for key, link in found.items()
                    }


def _onward(name: str, asked: Mapping[str, list[str]], operation: Json) -> Json:
    """What can be asked of the things whose ids are told by the schema ``name``, beside what was asked of already.

    Ids of OpenAI's API are of another form than the house's, and lead on in it alone.
    """
    told = {one: f"$response.body#{place}" for one, place in LEADS.get(name, {}).items()}
    given = {one: f"$request.path.{one}" for one in asked[operation["operationId"]]}
    ids = {one for one in told if one.endswith("_id")}
    bodies = {
        f"{target}_of_{name}": {"operationId": target, "parameters": {}, "requestBody": body}
        for (source, target), body in BODIES.items()
        if source == name
    }
    return bodies | {
        f"{target}_of_{name}": {
            "operationId": target,
            "parameters": {one: {**given, **told}[one] for one in wanted},
        }
        for target, wanted in asked.items()
        if name.startswith("OpenAI") == target.startswith("openai_")
        and ids & set(wanted)
        and set(wanted) <= told.keys() | given.keys()
    }


def _next_page(document: Json, name: str, operation: Json) -> Json:
    is_page = "next" in document["components"]["schemas"][name].get("properties", {})
    behind = [one["name"] for one in operation.get("parameters", []) if one.get("name") in ("cursor", "after")]
    if not is_page or not behind:
        return {}
    target = operation["operationId"]
    parameters = {one: f"$request.path.{one}" for one in _in_path(operation)}
    parameters[behind[0]] = "$response.body#/next"
    return {f"{target}_next": {"operationId": target, "parameters": parameters}}


def _in_path(operation: Json) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one.get("in") == "path"]


def _operations(document: Json) -> Iterator[Json]:
    for item in document["paths"].values():
        yield from item.values()
