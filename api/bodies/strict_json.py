"""JSON that came with a request (triptych/strict_json.py), refused as a problem."""

from typing import Any

from api.problems import Refused
from triptych.strict_json import BadJson, check_storable, parse_json


def read_json(body: bytes | str) -> Any:  # Any: JSON; the caller's model checks it
    """The value of a JSON text. Raises Refused with ``bad_json``, saying what is wrong."""
    try:
        return parse_json(body)
    except BadJson as error:
        raise _bad(error) from None


def check_text(text: str) -> None:
    """Raise Refused when ``text`` holds a NUL or half of a surrogate pair."""
    try:
        check_storable(text)
    except BadJson as error:
        raise _bad(error) from None


def _bad(error: BadJson) -> Refused:
    return Refused(400, "bad_json", f"the JSON cannot be used: {error}")
