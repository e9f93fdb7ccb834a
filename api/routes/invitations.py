"""Invitations, for administrators: a link that makes one account, once."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor
from api.room import room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.users import Invitation, InvitationList, InvitationPath, InvitationRequest, NewInvitation
from triptych.accounts.invitations import invite, list_invitations, revoke_invitation

routes = APIBlueprint("invitations", __name__, url_prefix="/api/v1/invitations", abp_tags=[{"name": "users"}])


@routes.get("", responses={200: json_of(InvitationList), **problems("no_accounts")})
def index() -> Response:
    """List the invitations that can still be accepted, newest first."""
    return answer(InvitationList(items=[Invitation.of(one) for one in list_invitations(room().store)]))


@routes.post(
    "",
    request_body=body(json="InvitationRequest"),
    responses={201: json_of(NewInvitation), **problems(*JSON_BODY, "no_accounts", "email_taken")},
)
def create() -> Response:
    """Invite somebody; the link is told this once. An earlier one for the same address is no longer good."""
    asked, here = asked_body(InvitationRequest), room()
    made, token = here.writer.change(invite, here.store, actor(), asked.email, asked.role, asked.lasts_s)
    link = f"{here.settings.called}/invitation#{token}"
    return answer(NewInvitation(**Invitation.of(made).model_dump(), link=link), HTTPStatus.CREATED)


@routes.delete(
    "/<uuid:invitation_id>", responses={204: {"description": "Revoked"}, **problems("not_found", "no_accounts")}
)
def revoke(path: InvitationPath) -> Response:
    """Have its link do nothing."""
    room().writer.change(revoke_invitation, room().store, actor(), str(path.invitation_id))
    return Response(status=HTTPStatus.NO_CONTENT)
