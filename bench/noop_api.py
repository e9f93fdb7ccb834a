"""The API with the no-op pipeline in its catalogue: `gunicorn -c python:api.gunicorn bench.noop_api:app`."""

import bench.noop  # noqa: F401  declares the pipeline before the catalogue is read
from api.wsgi import app

__all__ = ["app"]
