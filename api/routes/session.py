"""The session: who is asking and what they may, until they sign out."""

from http import HTTPStatus

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.identity import caller, cookie_name
from api.room import owner, room
from api.routes.documented import json_of, problems
from api.schemas.account import Limits, Mode, Session
from triptych.accounts.sessions import end_session
from triptych.accounts.tokens import csrf_of

routes = APIBlueprint("session", __name__, url_prefix="/api/v1/session", abp_tags=[{"name": "session"}])


@routes.get("", responses={200: json_of(Session), **problems()})
def show() -> Response:
    """Tell who is asking and what they may bring."""
    token = request.cookies.get(cookie_name()) if caller().session_id else None
    return answer(told_session(token))


@routes.delete("", responses={204: {"description": "Signed out"}, **problems()})
def end() -> Response:
    """Sign out: the session is over, wherever its cookie lies."""
    session_id = caller().session_id
    if session_id:
        room().writer.change(end_session, room().store, owner(), session_id)
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.delete_cookie(cookie_name(), secure=cookie_name().startswith("__Host-"), httponly=True, samesite="Lax")
    return response


def told_session(token: str | None) -> Session:
    """The current caller's session, whose cookie is ``token`` if there is one."""
    settings = room().settings
    limits = Limits(
        upload_bytes=settings.upload_bytes,
        json_bytes=settings.json_bytes,
        image_pixels=settings.image_pixels,
        jobs_in_flight=settings.quota_in_flight or None,
        jobs_queued=settings.quota_queued or None,
        file_bytes=settings.quota_bytes or None,
    )
    mode: Mode = "accounts" if settings.has_accounts else "local"
    return Session.of(caller(), mode, csrf_of(token) if token else None, limits)
