"""Every table of the house, registered on one metadata by being imported."""

from triptych import files, loaded, workers
from triptych.database import metadata
from triptych.jobs import tables

__all__ = ["files", "loaded", "metadata", "tables", "workers"]
