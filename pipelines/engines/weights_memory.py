"""What weights will take in a process's memory, told from the head of their files without loading them."""

import json
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Any

BYTES_A_NUMBER = 4  # float32, in which everything here runs on a CPU, whatever the file holds
MOST_HEADER_BYTES = 16 << 20  # hundred times that of a BERT-large; a file may claim anything
FLOATS = ("F", "BF")  # F64, F32, F16, BF16, F8_E4M3 and others


def float32_bytes(paths: Iterable[Path]) -> int | None:
    """The bytes of the numbers in safetensors files once they are float32; None where a file tells no such thing.

    The layout: eight bytes of length, then JSON (https://huggingface.co/docs/safetensors/index#format).
    """
    try:
        return sum(_bytes_of(tensor) for path in paths for tensor in _tensors(path))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):  # it is no safetensors file
        return None


def _tensors(path: Path) -> list[dict[str, Any]]:  # Any: JSON; a type that does not fit raises where it is used
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MOST_HEADER_BYTES:
            raise ValueError(f"{path.name} claims a header of {length} bytes")
        header = json.loads(file.read(length))
    return [tensor for name, tensor in header.items() if name != "__metadata__"]


def _bytes_of(tensor: dict[str, Any]) -> int:  # Any: as above
    start, end = tensor["data_offsets"]
    is_float = str(tensor["dtype"]).startswith(FLOATS)
    return BYTES_A_NUMBER * int(prod(tensor["shape"])) if is_float else int(end) - int(start)
