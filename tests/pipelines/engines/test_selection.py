"""Choosing an engine: the first that can run, with an honest word on those that cannot."""

from pathlib import Path

import pytest

from pipelines.engines.falling_back import first_that_works
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, choose
from pipelines.errors import DownloadAway, EngineUnavailable, PipelineError, ServerAway, TransientFailure

SURROUNDINGS = Surroundings(Path("/nowhere"), NoNetwork())


def _engine(
    name: str, why: str = "", fallback_warning: str = "", raised_as: type[PipelineError] = EngineUnavailable
) -> Engine[str]:
    found = Availability(ok=False, why=why, raised_as=raised_as) if why else AVAILABLE
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


def test_engine_whose_server_is_away_is_waited_for_where_there_is_no_other() -> None:
    away = _engine("far", why="no answer", raised_as=ServerAway)

    with pytest.raises(ServerAway, match="far: no answer; near: no weights"):
        choose([away, _engine("near", why="no weights")], SURROUNDINGS)


def test_engine_whose_server_is_away_is_passed_over_where_there_is_another() -> None:
    choice = choose([_engine("far", why="no answer", raised_as=ServerAway), _engine("near")], SURROUNDINGS)

    assert choice.engine.name == "near"


@pytest.mark.parametrize(
    "error",
    [ServerAway("no answer"), DownloadAway("no file"), TransientFailure("cut off"), EngineUnavailable("broken")],
)
def test_failure_of_the_last_engine_left_is_told_as_what_it_was(error: PipelineError) -> None:
    def start(_: str) -> None:
        raise error

    with pytest.raises(PipelineError, match=error.message) as told:
        first_that_works([_engine("only")], SURROUNDINGS, "auto", start)

    assert type(told.value) is type(error)
