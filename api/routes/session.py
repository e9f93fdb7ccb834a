"""The session: who is asking and what they may, their other sessions and their password, until they sign out."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor, caller
from api.cookies import drop_session, session_token
from api.identity import no_accounts
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.account import Limits, Mode, PasswordChange, Session, Stay, StayList, StayPath
from triptych.accounts.passwords import WeakPassword
from triptych.accounts.sessions import end_session, end_sessions, list_sessions
from triptych.accounts.signing_in import SignInRefused, change_password
from triptych.accounts.tokens import csrf_of
from triptych.accounts.values import Caller

routes = APIBlueprint("session", __name__, url_prefix="/api/v1", abp_tags=[{"name": "session"}])


@routes.get("/session", responses={200: json_of(Session), **problems()})
def show() -> Response:
    """Tell who is asking and what they may bring."""
    asking = caller()
    return answer(told_session(asking, session_token() if asking.session_id else None))


@routes.delete("/session", responses={204: {"description": "Signed out"}, **problems()})
def end() -> Response:
    """Sign out: the session is over, wherever its cookie lies."""
    session_id = caller().session_id
    if session_id:
        room().writer.change(end_session, room().store, owner(), actor(), session_id)
    return _signed_out()


@routes.put(
    "/session/password",
    request_body=body(json="PasswordChange"),
    responses={
        204: {"description": "Changed"},
        **problems(*JSON_BODY, "no_accounts", "wrong_password", "weak_password"),
    },
)
def change() -> Response:
    """Change your password, which ends your other sessions. Your keys stay."""
    here, asking = room(), caller()
    if asking.session_id is None:
        raise no_accounts()
    asked = asked_body(PasswordChange)
    here.limits.count_sign_in(asking.user.email)
    try:
        here.hashing.call(change_password, here.store, actor(), asking.user, asking.session_id, asked.old, asked.new)
    except SignInRefused:
        raise Refused(403, "wrong_password", "this is not your password until now") from None
    except WeakPassword as error:
        raise invalid("new", str(error), "weak_password") from None
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.get("/sessions", responses={200: json_of(StayList), **problems()})
def stays() -> Response:
    """List your sessions, newest first."""
    found, this = list_sessions(room().store, owner()), caller().session_id
    return answer(StayList(items=[Stay.of(one, this) for one in found]))


@routes.delete("/sessions", responses={204: {"description": "Signed out everywhere"}, **problems()})
def end_all() -> Response:
    """Sign out everywhere."""
    room().writer.change(end_sessions, room().store, owner(), actor())
    return _signed_out()


@routes.delete("/sessions/<uuid:session_id>", responses={204: {"description": "Ended"}, **problems("not_found")})
def end_other(path: StayPath) -> Response:
    """End one of your sessions."""
    room().writer.change(end_session, room().store, owner(), actor(), str(path.session_id))
    return Response(status=HTTPStatus.NO_CONTENT)


def told_session(asking: Caller, token: str | None) -> Session:
    """The session of ``asking``, whose cookie is ``token`` if there is one."""
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
    return Session.of(asking, mode, csrf_of(token) if token else None, limits)


def _signed_out() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    drop_session(response)
    return response
