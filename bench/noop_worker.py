"""The workers with the no-op pipelines in their catalogue: `celery -A bench.noop_worker worker`."""

import bench.noop_declared  # noqa: F401  declares the pipelines before the catalogue is read
from workers.app import app

__all__ = ["app"]
