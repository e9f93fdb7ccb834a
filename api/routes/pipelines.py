"""Pipelines: what the house can do."""

from functools import cache

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.routes.documented import json_of, problems
from api.schemas.house import Pipeline, PipelineList
from pipelines.catalogue import catalogue

routes = APIBlueprint("pipelines", __name__, url_prefix="/api/v1/pipelines", abp_tags=[{"name": "house"}])


@routes.get("", responses={200: json_of(PipelineList), **problems()})
def index() -> Response:
    """List the pipelines that can be asked for, with the schema of their parameters."""
    return answer(_all())


@cache
def _all() -> PipelineList:
    return PipelineList(items=[Pipeline.of(one) for one in catalogue().values() if not one.is_internal])
