"""What is logged of a request: one line when it is answered, and its id with every line in between."""

import re
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from triptych.ids import new_id

log = structlog.get_logger()

HEADER = "X-Request-ID"
QUIET = ("/health/", "/metrics")  # asked every few seconds by machines
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register_logs(app: Flask) -> None:
    """Have ``app`` bind a request id to every line and log each request once."""

    @app.before_request
    def bind() -> None:
        asked = request.headers.get(HEADER, "")
        g.request_id = asked if _ID.fullmatch(asked) else new_id()
        g.started = perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def tell(response: Response) -> Response:
        if "request_id" not in g:
            return response
        response.headers[HEADER] = g.request_id
        say = log.debug if request.path.startswith(QUIET) else log.info
        seconds = round(perf_counter() - g.started, 4)
        say("request", method=request.method, path=request.path, status=response.status_code, seconds=seconds)
        return response
