"""What pipelines make, as JSON that both databases and every client can hold."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

# PostgreSQL's jsonb has no NUL, and UTF-8 no lone surrogate; both turn up in recognised text and bar codes.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def plain_json(value: Any) -> Any:  # Any: JSON in, JSON out; no tighter type says so
    """Copy ``value``: characters that cannot be stored become U+FFFD, NaN and infinities None.

    Raises TypeError, naming the type, for anything that is no JSON: a pipeline must convert its own arrays.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain_json(str(key)): plain_json(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no JSON value")
