"""Every table of the house, registered on one metadata by being imported."""

from triptych import files, loaded, passes, workers
from triptych.database import metadata
from triptych.jobs import tables

__all__ = ["files", "loaded", "metadata", "passes", "tables", "workers"]
