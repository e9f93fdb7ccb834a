"""Rules of retention as they are told and asked."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from api.schemas.requests import Asked, Query
from api.schemas.worded import Worded
from triptych.retention import rules
from triptych.retention.due import Due
from triptych.retention.rules import What

MOST_RULES = 50
LONGEST_DAYS = 36_500


_Media = Annotated[
    str,
    Field(max_length=255),
    Worded(r"^[a-z]+/([a-z0-9.+-]+|\*)$", "a media type is one such as audio/mpeg, or audio/* for all of its kind"),
]


class RetentionRule(Asked):
    """What goes by itself, unless something needs it."""

    what: What = Field(description="Jobs that are finished, with what they made; or files that nothing uses.")
    days: int = Field(ge=1, le=LONGEST_DAYS, description="After so many days.", examples=[30])
    pipeline: str | None = Field(
        None, max_length=64, description="Jobs of this pipeline alone.", examples=["audio.transcribe"]
    )
    media: _Media | None = Field(None, description="Files of this media type alone.", examples=[None])

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.pipeline is not None and self.what is not What.JOBS:
            raise ValueError("a pipeline is of jobs, not of files")
        if self.media is not None and self.what is not What.FILES:
            raise ValueError("a media type is of files, not of jobs")
        return self

    def rule(self) -> rules.Rule:
        """As the store has it."""
        return rules.Rule(self.what, self.days, self.pipeline, self.media)


class RetentionRequest(Asked):
    """The rules that are to hold for the caller: none at all keep everything, `null` has the house's hold."""

    rules: list[RetentionRule] | None = Field(
        max_length=MOST_RULES,
        examples=[[{"what": "jobs", "days": 30, "pipeline": "audio.transcribe", "media": None}]],
    )


class RetentionQuery(Query):
    """Whether it is meant."""

    dry_run: bool = Field(False, description="Change nothing, and tell what would go by these rules.")


class Removal(BaseModel):
    """How much goes by rules as things stand; files that only these jobs use go the next time."""

    jobs: int
    files: int
    size_bytes: int = Field(examples=[1_073_741_824])

    @classmethod
    def of(cls, found: Due) -> Self:
        """Tell ``found``."""
        return cls(jobs=found.jobs, files=found.files, size_bytes=found.size_bytes)


class Retention(BaseModel):
    """The rules that hold for the caller, and what goes by them next."""

    rules: list[RetentionRule] = Field(
        examples=[[{"what": "jobs", "days": 30, "pipeline": "audio.transcribe", "media": None}]]
    )
    is_own: bool = Field(description="Whether they are the caller's own, and not the house's.", examples=[True])
    due: Removal

    @classmethod
    def of(cls, own: list[RetentionRule] | None, house: list[RetentionRule], found: Due) -> Self:
        """Tell the rules that hold."""
        return cls(rules=house if own is None else own, is_own=own is not None, due=Removal.of(found))


def told_rule(rule: rules.Rule) -> RetentionRule:
    """``rule`` as it is told."""
    return RetentionRule(what=rule.what, days=rule.days, pipeline=rule.pipeline, media=rule.media)
