"""Choosing the embedding engine."""

from pathlib import Path

from pipelines.engines.embedding import embedding_engines, language_warning
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Capability, Surroundings


def test_minilm_is_available_without_a_network(tmp_path: Path) -> None:
    surroundings = Surroundings(tmp_path, NoNetwork())

    found = {engine.name: engine.probe(surroundings).ok for engine in embedding_engines()}

    assert found == {"minilm": True}
    assert {engine.capability for engine in embedding_engines()} == {Capability.EMBED}


def test_other_languages_than_english_are_warned_of() -> None:
    warned = {language: bool(language_warning(language)) for language in ("en", "und", "zh")}

    assert warned == {"en": False, "und": False, "zh": True}
