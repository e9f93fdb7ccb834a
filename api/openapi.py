"""Writes the OpenAPI document to standard output: `python -m api.openapi > openapi.json`."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from api.app import create_app
from api.document import document
from triptych.settings import Settings
from triptych.store import open_store


def openapi_text() -> str:
    """The document as text, made without a database or a Redis."""
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        store = open_store(settings)
        try:
            return json.dumps(document(create_app(settings, store)), indent=2, ensure_ascii=False) + "\n"
        finally:
            store.close()


if __name__ == "__main__":
    sys.stdout.write(openapi_text())
