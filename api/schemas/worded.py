"""Patterns of texts that tell in words what is wrong: whoever is refused need not read a regular expression."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Worded:
    """What a text matches, as the document tells, and the ``words`` for one that does not."""

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: type[str], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self.pattern}

    def _checked(self, text: str) -> str:
        if re.fullmatch(self.pattern, text) is None:
            raise ValueError(self.words)
        return text


PipelineName = Annotated[
    str,
    Field(max_length=64),
    Worded(r"^[a-z0-9_.-]+$", "a pipeline is called by small letters, digits, _, . and -, such as text.summarize"),
]
