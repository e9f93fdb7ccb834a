"""File names: data to show, cleaned of what could mislead or cannot be stored."""

from api.problems import invalid
from api.schemas.requests import NAME_CHARACTERS
from triptych.names import shown_name


def clean_name(name: str | None) -> str:
    """The last path component of ``name`` without control and bidirectional characters; ``upload`` when none is left.

    Raises Refused with ``name_too_long`` past 255 characters.
    """
    if name is None:
        return "upload"
    if len(name) > NAME_CHARACTERS:
        raise invalid("name", f"{len(name)} characters; at most {NAME_CHARACTERS} are taken", "name_too_long")
    return shown_name(name)
