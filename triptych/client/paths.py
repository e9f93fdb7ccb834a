"""Addresses of the API, whatever somebody takes for an id."""

from urllib.parse import quote


def at(root: str, *steps: str) -> str:
    """What lies behind ``root`` by these ``steps``, none of which can be more than one."""
    return "/".join((root, *(quote(step, safe="") for step in steps)))
