"""Conditional requests and ranges of bytes, decided in the order that RFC 9110, section 13.2.2, gives them.

Werkzeug's own order sends a range to whom 304 would have done, takes a weak tag for a strong one in `If-Range`, refuses
the last thousand bytes of something shorter, and a range that it cannot read, which a server may as well ignore.
"""

from hashlib import blake2b

from flask import Flask, Response, request
from werkzeug.http import parse_date, parse_range_header, quote_etag

from api.problems import Refused, problem_response

SAFE = frozenset({"GET", "HEAD"})
REVALIDATED = "private, no-cache"  # kept by the asker alone, who asks whether it is still so: what is deleted is gone
TAG_BYTES = 16
CONDITIONS = frozenset({"If-Match", "If-None-Match", "If-Unmodified-Since"})


def heed_conditions(response: Response, *, size_bytes: int | None = None) -> Response:
    """``response`` as the request's conditions have it: whole, 206 of ``size_bytes``, or 304 and nothing.

    It has an ETag and may have Last-Modified. Ranges are taken where ``size_bytes`` is given: one of bytes at a time,
    since several in one answer (multipart/byteranges) cost much and are asked by nobody; several are answered by the
    whole, as is what is no range. A date in `If-Range` is never honoured: it counts seconds, and an output may be made
    anew within one. Raises Refused for 412, and werkzeug's RequestedRangeNotSatisfiable for 416.
    """
    _check_preconditions(response)
    decided = ("HTTP_IF_MATCH", "HTTP_IF_RANGE", "HTTP_RANGE")
    environ = {name: value for name, value in request.environ.items() if name not in decided}
    if wanted := _wanted_range(response, size_bytes or 0):
        environ["HTTP_RANGE"] = wanted
    response.make_conditional(environ, accept_ranges=size_bytes is not None, complete_length=size_bytes)
    return response


def register_conditions(app: Flask) -> None:
    """Have ``app`` give every JSON that it tells on GET an ETag, and answer 304 to whom has the same already."""
    app.before_request(_refuse_unheeded)
    app.after_request(_tag_json)


def _tag_json(response: Response) -> Response:
    """The tag is a hash of what is told: a job's state alone would not say that its place in the queue has changed."""
    is_told = request.method in SAFE and response.status_code == 200 and response.mimetype == "application/json"
    is_stored = response.direct_passthrough  # an output that is JSON, say, which has a tag already
    if not is_told or is_stored or request.path.startswith("/health/"):
        return response
    response.set_etag(blake2b(response.get_data(), digest_size=TAG_BYTES).hexdigest())
    response.headers.setdefault("Cache-Control", REVALIDATED)
    try:
        return heed_conditions(response)
    except Refused as error:  # nothing else catches what is raised once a route has answered
        return problem_response(error.problem)


def _refuse_unheeded() -> None:
    """A condition that is ignored would let through what its sender wants to be stopped."""
    unheeded = CONDITIONS & {name for name, _ in request.headers}
    if unheeded and request.method not in SAFE | {"OPTIONS"}:
        raise Refused(400, "bad_request", f"{min(unheeded)} is heeded on GET and HEAD alone")


def _check_preconditions(response: Response) -> None:
    """Raises Refused where the asker has another state in mind than there is."""
    etag, _ = response.get_etag()
    if "If-Match" in request.headers:
        holds = request.if_match.is_strong(etag or "") or request.if_match.star_tag
    else:
        asked, changed = request.if_unmodified_since, response.last_modified
        holds = asked is None or changed is None or changed <= asked
    if not holds:
        raise Refused(412, "precondition_failed", "it is no longer what If-Match or If-Unmodified-Since says")


def _wanted_range(response: Response, size_bytes: int) -> str | None:
    """The request's Range if it counts, which one does that no byte answers: it is refused."""
    asked, if_range = parse_range_header(request.headers.get("Range")), request.headers.get("If-Range")
    if request.method != "GET" or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    etag, _ = response.get_etag()
    if _is_known(response) or if_range not in (None, quote_etag(etag or "")):
        return None
    begin, end = asked.ranges[0]
    return f"bytes={begin if begin >= 0 else max(0, begin + size_bytes)}-{'' if end is None else end - 1}"


def _is_known(response: Response) -> bool:
    """Whether the asker has it already, which 304 says: ranges come after that."""
    etag, _ = response.get_etag()
    if "If-None-Match" in request.headers:
        return request.if_none_match.contains_weak(etag or "")
    since = parse_date(request.headers.get("If-Modified-Since"))
    return since is not None and response.last_modified is not None and response.last_modified <= since
