"""Importing torchvision beside a CPU-only torch, where its usual wheel refuses to import.

The wheel on PyPI is built for the CUDA torch. Beside a CPU torch its compiled extension does not load, and its
import then fails because it describes two operators (``nms`` and ``qnms``) that nobody declared. timm, open_clip
and sentence-transformers import torchvision always and use neither operator, so declaring them is enough.
"""

import importlib
import sys
from typing import Any

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS = ("nms", "qnms")

_declared: list[Any] = []  # Library objects: torch forgets the operators when theirs is collected


def ensure_torchvision() -> None:
    """Import torchvision, declaring the operators it misses only after a plain import failed for want of them.

    Call before importing timm, open_clip or sentence_transformers. Raises ImportError when torchvision or torch
    is not installed, and torchvision's own error when declaring the operators does not mend it.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:  # "operator torchvision::nms does not exist"
        if "torchvision::" not in str(error):
            raise
        _forget_half_imported()
        _declare_operators()
        importlib.import_module("torchvision")


def _forget_half_imported() -> None:
    for module in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[module]


def _declare_operators() -> None:
    if _declared:
        return
    from torch import library

    opened = library.Library("torchvision", "DEF")
    for operator in _OPERATORS:
        opened.define(operator + _SIGNATURE)
    _declared.append(opened)
