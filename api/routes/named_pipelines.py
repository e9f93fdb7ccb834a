"""Pipelines that something is said of: a name that no job can ever have is refused where it is said."""

from api.problems import invalid
from pipelines.catalogue import catalogue


def check_pipeline(name: str, where: str) -> None:
    """Raise Refused, naming ``where`` it stands, unless there is such a pipeline; the house's own count too."""
    if name not in catalogue():
        raise invalid(where, f"there is no {name!r}; there are {', '.join(catalogue())}", "unknown_pipeline")
