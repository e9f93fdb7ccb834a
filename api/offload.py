"""Work that would hold up every other request of an event loop, done in a thread of its own when there is a loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent import get_hub
from gevent.monkey import is_module_patched

P = ParamSpec("P")
R = TypeVar("R")


def offload(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function``: in gevent's thread pool under gevent, where others run meanwhile, else right here."""
    if not is_module_patched("socket"):
        return function(*args, **kwargs)
    result: R = get_hub().threadpool.apply(function, args, kwargs)
    return result
