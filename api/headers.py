"""Headers of every answer: what a browser may do with it."""

from flask import Flask, Response, request

UI_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
FOREIGN_POLICY = "sandbox; default-src 'none'"  # for bytes that somebody else made
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def register_headers(app: Flask) -> None:
    """Have ``app`` send the headers with everything."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", API_POLICY)
    if request.path.startswith(("/api/", "/v1/", "/health/")):
        headers.setdefault("Cache-Control", "no-store")
    return response
