"""How the document tells of conditional requests, ranges and headers, which api/conditions.py heeds on every route."""

from typing import Any

Json = dict[str, Any]  # Any: JSON

BINARY = {"type": "string", "format": "binary"}
NOT_CONDITIONAL = ("/health/", "/metrics", "/openapi.json")


def _header(description: str, example: str) -> Json:
    return {"description": description, "schema": {"type": "string"}, "example": example}


def _parameter(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


HEADERS = {
    "ETag": _header("Changes with what is told. Give it as `If-None-Match` next time.", '"3f8a1c"'),
    "LastModified": _header("When the content came to be.", "Sun, 22 Nov 2026 10:00:00 GMT"),
    "Location": _header("Where what was made, or is being made, can be asked for.", "/api/v1/jobs/ID"),
    "Link": _header(
        'Where the next page is, `rel="next"`; none behind the last one.', '</api/v1/jobs?cursor=ID>; rel="next"'
    ),
    "ContentRange": _header("Which bytes these are, and of how many.", "bytes 0-99/1234"),
}
PARAMETERS = {
    "IfNoneMatch": _parameter("If-None-Match", "The ETag of what the asker has: 304 says that it is still that."),
    "Range": _parameter("Range", "One range of bytes, such as `bytes=0-99` or `bytes=-100`."),
    "IfRange": _parameter("If-Range", "The ETag of what the asker has: else the whole is sent."),
}
NOT_MODIFIED = {
    "description": "Not Modified: the asker has it already.",
    "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
}


def tell_conditions(document: Json) -> None:
    """Tell of each GET what it has of conditions and ranges, and of each 201 and 202 where to go on."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _tell_location(operation)
            _tell_next_page(operation)
            if method == "get" and not path.startswith(NOT_CONDITIONAL):
                _tell_tags(operation)
    document["components"] |= {"headers": HEADERS, "parameters": PARAMETERS}


def _tell_location(operation: Json) -> None:
    for status in ("201", "202"):
        if status in operation["responses"]:
            headers = operation["responses"][status].setdefault("headers", {})
            headers.setdefault("Location", _referred("headers", "Location"))


def _tell_next_page(operation: Json) -> None:
    asked = {one.get("name") for one in operation.get("parameters", [])}
    if "limit" in asked and asked & {"cursor", "after"}:
        operation["responses"]["200"].setdefault("headers", {})["Link"] = _referred("headers", "Link")


def _tell_tags(operation: Json) -> None:
    responses = operation["responses"]
    content = responses.get("200", {}).get("content", {})
    takes_ranges = "416" in responses
    if "application/json" not in content and not takes_ranges and "image/jpeg" not in content:
        return
    headers = {"ETag": _referred("headers", "ETag")}
    wanted = ["IfNoneMatch"]
    if "application/json" not in content:
        headers["Last-Modified"] = _referred("headers", "LastModified")
    if takes_ranges:
        wanted += ["Range", "IfRange"]
        part = {**headers, "Content-Range": _referred("headers", "ContentRange")}
        responses["206"] = {"description": "The bytes that were asked for", "content": content, "headers": part}
        responses["416"].setdefault("headers", {})["Content-Range"] = _referred("headers", "ContentRange")
    responses["200"]["headers"] = {**responses["200"].get("headers", {}), **headers}
    responses["304"] = NOT_MODIFIED
    told = operation.setdefault("parameters", [])
    told += [_referred("parameters", name) for name in wanted]
    operation["responses"] = dict(sorted(responses.items()))


def _referred(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
