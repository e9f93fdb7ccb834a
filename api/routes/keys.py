"""API keys: make one for a program, see when it was last used, revoke it."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor, caller
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.account import Key, KeyList, KeyPath, KeyRequest, NewKey
from triptych.accounts.keys import create_key, list_keys, revoke_key
from triptych.times import iso_time

routes = APIBlueprint("keys", __name__, url_prefix="/api/v1/keys", abp_tags=[{"name": "keys"}])


@routes.get("", responses={200: json_of(KeyList), **problems("no_accounts")})
def index() -> Response:
    """List your keys, newest first, those that have expired too."""
    return answer(KeyList(items=[Key.of(one) for one in list_keys(room().store, owner())]))


@routes.post(
    "",
    request_body=body(json="KeyRequest"),
    responses={201: json_of(NewKey), **problems(*JSON_BODY, "no_accounts", "too_many_keys")},
)
def create() -> Response:
    """Make a key; what it is is told this once. A key makes others that may no more, and no longer, than itself."""
    asked = asked_body(KeyRequest)
    here, scopes = room(), frozenset(asked.scopes)
    expires_at = asked.expires_at.timestamp() if asked.expires_at else None
    if expires_at is not None and expires_at <= here.store.clock():
        raise invalid("expires_at", "this is over already")
    if missing := sorted(scopes - caller().scopes):
        raise Refused(403, "forbidden", f"your own key has not {', '.join(missing)}")
    own_end = caller().expires_at
    if own_end is not None and (expires_at is None or expires_at > own_end):
        raise Refused(403, "forbidden", f"your own key ends {iso_time(own_end)}: one that it makes ends no later")
    key, secret = here.writer.change(create_key, here.store, owner(), actor(), asked.name, scopes, expires_at)
    return answer(NewKey.made(key, secret), HTTPStatus.CREATED)


@routes.delete("/<uuid:key_id>", responses={204: {"description": "Revoked"}, **problems("not_found", "no_accounts")})
def revoke(path: KeyPath) -> Response:
    """Revoke a key: it is refused from now on."""
    room().writer.change(revoke_key, room().store, owner(), actor(), str(path.key_id))
    return Response(status=HTTPStatus.NO_CONTENT)
