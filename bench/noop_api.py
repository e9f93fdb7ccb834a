"""The API with the no-op pipelines in its catalogue: `gunicorn -c python:api.gunicorn bench.noop_api:app`."""

import bench.noop_declared  # noqa: F401  declares the pipelines before the catalogue is read
from api.wsgi import app

__all__ = ["app"]
