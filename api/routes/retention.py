"""Retention: which of the caller's things go by themselves, and when."""

from collections.abc import Sequence

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.offload import offload
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.named_pipelines import check_pipeline
from api.schemas.retention import Retention, RetentionQuery, RetentionRequest, told_rule
from triptych.retention.due import count_due
from triptych.retention.rules import Rule, forget_rules, house_rules, keep_rules, own_rules

routes = APIBlueprint("retention", __name__, url_prefix="/api/v1/retention", abp_tags=[{"name": "retention"}])


@routes.get("", responses={200: json_of(Retention), **problems()})
def show() -> Response:
    """Tell by which rules the caller's things go, and how much is to go by them now."""
    return _told(own_rules(room().store, owner()))


@routes.put(
    "",
    request_body=body(json="RetentionRequest"),
    responses={200: json_of(Retention), **problems(*JSON_BODY, "unknown_pipeline")},
)
def change(query: RetentionQuery) -> Response:
    """Have other rules hold; with `?dry_run=true` change nothing, and tell what would go by them."""
    asked = asked_body(RetentionRequest).rules
    for number, rule in enumerate(asked or ()):
        if rule.pipeline is not None:
            check_pipeline(rule.pipeline, f"rules.{number}.pipeline")
    rules = None if asked is None else [rule.rule() for rule in asked]
    if not query.dry_run:
        if rules is None:
            room().writer.change(forget_rules, room().store, owner())
        else:
            room().writer.change(keep_rules, room().store, owner(), rules)
    return _told(rules)


def _told(own: Sequence[Rule] | None) -> Response:
    house = house_rules(room().store)
    found = offload(count_due, room().store, owner(), house if own is None else own)
    rules = None if own is None else [told_rule(rule) for rule in own]
    return answer(Retention.of(rules, [told_rule(rule) for rule in house], found))
