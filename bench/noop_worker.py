"""The workers with the no-op pipeline in their catalogue: `celery -A bench.noop_worker worker`."""

import bench.noop  # noqa: F401  declares the pipeline before the catalogue is read
from workers.app import app

__all__ = ["app"]
