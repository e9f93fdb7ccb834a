"""What a loaded model occupies, as near as can be told without asking the allocator."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def of_tensors(tensors: Iterable[Any]) -> int:  # Any: torch is followed as untyped
    """The bytes of torch tensors, wherever they lie."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def of_module(module: Any) -> int:  # Any: torch is followed as untyped
    """The bytes of a torch module's parameters and buffers."""
    return of_tensors([*module.parameters(), *module.buffers()])


def of_those_there(paths: Iterable[Path]) -> int:
    """The bytes of those files that exist: what is known of a model whose weights may still have to be fetched."""
    return of_files(path for path in paths if path.is_file())


def of_files(paths: Iterable[Path]) -> int:
    """The bytes of files that are read as they are, such as those of an ONNX session."""
    return sum(path.stat().st_size for path in paths)
