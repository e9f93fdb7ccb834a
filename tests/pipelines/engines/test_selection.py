"""Choosing an engine: the first that can run, with an honest word on those that cannot."""

from pathlib import Path

import pytest

from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, choose
from pipelines.errors import EngineUnavailable

SURROUNDINGS = Surroundings(Path("/nowhere"), NoNetwork())


def _engine(name: str, why: str = "", fallback_warning: str = "") -> Engine[str]:
    found = Availability(ok=False, why=why) if why else AVAILABLE
    return Engine(name, Capability.EMBED, lambda _: found, lambda: name, fallback_warning)


def test_first_available_engine_is_chosen_without_a_warning() -> None:
    choice = choose([_engine("best"), _engine("plain", fallback_warning="less good")], SURROUNDINGS)

    assert (choice.engine.name, choice.warnings) == ("best", ())


def test_fallback_warns_and_says_why() -> None:
    choice = choose([_engine("best", why="no weights"), _engine("plain", fallback_warning="less good")], SURROUNDINGS)

    assert choice.engine.name == "plain"
    assert choice.warnings == ("less good (best: no weights)",)


def test_fallback_that_is_as_good_warns_of_nothing() -> None:
    choice = choose([_engine("best", why="no weights"), _engine("equal")], SURROUNDINGS)

    assert choice.warnings == ()


def test_wanted_engine_is_chosen_over_better_ones() -> None:
    choice = choose([_engine("best"), _engine("plain", fallback_warning="less good")], SURROUNDINGS, "plain")

    assert (choice.engine.name, choice.warnings) == ("plain", ())


def test_wanted_engine_that_cannot_run_is_not_replaced() -> None:
    with pytest.raises(EngineUnavailable, match="best: no weights"):
        choose([_engine("best", why="no weights"), _engine("plain")], SURROUNDINGS, "best")


def test_no_engine_that_can_run_lists_each_reason() -> None:
    with pytest.raises(EngineUnavailable, match="a: no weights; b: no network"):
        choose([_engine("a", why="no weights"), _engine("b", why="no network")], SURROUNDINGS)


def test_unknown_engine_is_answered_with_those_there_are() -> None:
    with pytest.raises(EngineUnavailable, match="no engine is called 'c'; there are: a, b"):
        choose([_engine("a"), _engine("b")], SURROUNDINGS, "c")
