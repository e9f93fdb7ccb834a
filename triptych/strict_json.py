"""JSON as the house takes it: UTF-8, no doubled keys, no numbers out of range, nothing a database cannot store."""

import json
from math import isfinite
from typing import Any

MAX_DEPTH = 64


class BadJson(ValueError):
    """A text that is no JSON of that kind; the message says what is wrong."""


def parse_json(body: bytes | str) -> Any:  # Any: JSON; the caller's model checks it
    """The value of a JSON text. Raises BadJson."""
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
    except RecursionError:
        raise BadJson(f"more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError among them
        raise BadJson(str(error)) from None
    _check(value)
    return value


def check_storable(text: str) -> None:
    """Raise BadJson when ``text`` holds a NUL or half of a surrogate pair."""
    if "\0" in text:
        raise BadJson("a text holds the character NUL, which cannot be stored")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadJson("a text holds half of a surrogate pair, which is no character") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return value


def _constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"the number {text[:20]} is out of range")
    return value


def _check(value: Any) -> None:
    """Walk without recursion: depth, and text that neither UTF-8 nor a database can hold."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                check_storable(one)
            elif isinstance(one, list):
                below += one
            elif isinstance(one, dict):
                below += [*one, *one.values()]
        level = below
    if level:
        raise BadJson(f"more than {MAX_DEPTH} levels deep")
