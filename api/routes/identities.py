"""Identities: who the caller is at the provider, so that they come in by it."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor, caller
from api.problems import Refused
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import body, json_of, problems
from api.routes.oidc import DEPARTURE, depart
from api.schemas.oidc import Identity, IdentityList, IdentityPath, LinkRequest
from triptych.accounts.attempts import Purpose
from triptych.accounts.identities import list_identities, unlink_identity

routes = APIBlueprint("identities", __name__, url_prefix="/api/v1/session/identities", abp_tags=[{"name": "session"}])


@routes.get("", responses={200: json_of(IdentityList), **problems("no_accounts")})
def index() -> Response:
    """List your identities, newest first."""
    return answer(IdentityList(items=[Identity.of(one) for one in list_identities(room().store, owner())]))


@routes.post("", request_body=body(json="LinkRequest"), responses={**DEPARTURE, **problems("no_accounts")})
def link() -> Response:
    """Begin to link an identity: whoever the browser comes back as from the page that is told is you from then on."""
    asked, session_id = asked_body(LinkRequest), caller().session_id
    if session_id is None:
        raise Refused(403, "forbidden", "a key cannot do this: sign in")
    return depart(Purpose(asked.path, session_id=session_id))


@routes.delete(
    "/<uuid:identity_id>",
    responses={204: {"description": "Unlinked"}, **problems("not_found", "no_accounts", "last_way_in")},
)
def unlink(path: IdentityPath) -> Response:
    """Unlink an identity: it opens nothing any more, and your other sessions that began by it end."""
    session_id = caller().session_id
    room().writer.change(unlink_identity, room().store, owner(), actor(), str(path.identity_id), session_id)
    return Response(status=HTTPStatus.NO_CONTENT)
