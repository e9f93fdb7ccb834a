"""How whoever asks says who they are, which nobody needs where there are no accounts (docs/accounts.md)."""

from typing import Any

from flask import Flask

from api.access import ACCESS
from api.spec.names import endpoints

Json = dict[str, Any]  # Any: JSON

SCHEMES: Json = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, `tri_...`, which `keys_create` makes. It needs the scope of what is asked.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "triptych_session",
        "description": "What signing in sets; `__Host-triptych` over TLS. Changes say `X-CSRF-Token` too.",
    },
}


def tell_security(document: Json, app: Flask) -> None:
    """Tell the ways, and which operations anybody may ask."""
    document["components"]["securitySchemes"] = SCHEMES
    document["security"] = [{"key": []}, {"session": []}, {}]  # none: in local mode
    for (path, method), endpoint in endpoints(app).items():
        operation = document["paths"].get(path, {}).get(method)
        if operation is not None and ACCESS[endpoint.partition(".")[0]].is_public:
            operation["security"] = []
