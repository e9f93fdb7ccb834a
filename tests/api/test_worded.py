"""Whoever asks for what cannot be is told in words, not by a regular expression."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from api import schemas
from api.schemas.account import Email
from api.schemas.requests import Asked, Query
from api.schemas.worded import PipelineName


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from below(one)


def models() -> set[type[BaseModel]]:
    for module in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"{schemas.__name__}.{module.name}")
    return {*below(Asked), *below(Query)}


@pytest.mark.parametrize("model", sorted(models(), key=str))
def test_nothing_that_is_asked_is_refused_by_a_bare_pattern(model):
    assert "'pattern': " not in str(model.__pydantic_core_schema__)


@pytest.mark.parametrize("name", ["Text.Summarize", "text summarize", "text.summarize\n", ""])
def test_a_text_matches_to_its_very_end(name):
    with pytest.raises(ValidationError, match="a pipeline is called by small letters"):
        TypeAdapter(PipelineName).validate_python(name)


def test_the_document_tells_the_pattern():
    assert TypeAdapter(Email).json_schema()["pattern"].startswith("^[^@")
