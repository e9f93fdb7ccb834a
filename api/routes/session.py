"""The session: begun with a password, told to who has it, with their other sessions, until they sign out."""

from http import HTTPStatus
from typing import TypeVar

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import BaseModel

from api.answers import answer
from api.asking import actor, address, caller
from api.cookies import drop_session, session_token, set_session
from api.identity import no_accounts
from api.problems import Refused, invalid
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.account import Limits, Mode, PasswordChange, Session, SignIn, Stay, StayList, StayPath
from triptych.accounts.passwords import WeakPassword
from triptych.accounts.quotas import within
from triptych.accounts.sessions import begin_session, caller_of_session, end_session, end_sessions, list_sessions
from triptych.accounts.signing_in import SignInRefused, change_password, known_by_password, note_refusal
from triptych.accounts.tokens import csrf_of
from triptych.accounts.values import Caller, Provided, User

routes = APIBlueprint("session", __name__, url_prefix="/api/v1", abp_tags=[{"name": "session"}])


M = TypeVar("M", bound=BaseModel)


@routes.get("/session", responses={200: json_of(Session), **problems()})
def show() -> Response:
    """Tell who is asking and what they may bring."""
    asking = caller()
    return answer(told_session(asking, session_token() if asking.session_id else None))


@routes.post(
    "/session",
    request_body=body(json="SignIn"),
    responses={201: json_of(Session), **problems(*JSON_BODY, "sign_in_refused", "no_accounts")},
)
def sign_in() -> Response:
    """Sign in: the answer's cookie is the session, which the browser sends from now on."""
    asked = asked_in_house(SignIn)
    here = room()
    here.limits.count_sign_in(asked.email)
    try:
        user = here.hashing.call(known_by_password, here.store, asked.email, asked.password)
    except SignInRefused:
        here.writer.change(note_refusal, here.store, asked.email, address())
        raise Refused(401, "sign_in_refused", "no account here has this address and this password") from None
    return let_in(user)


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


def let_in(user: User) -> Response:
    """Begin the user's session, and tell it. Raises Refused."""
    try:
        asking, token = begun(user)
    except SignInRefused:
        raise Refused(401, "sign_in_refused", "this account was disabled just now") from None
    response = answer(told_session(asking, token), HTTPStatus.CREATED)
    set_session(response, token)
    return response


def begun(user: User, by: Provided | None = None) -> tuple[Caller, str]:
    """The user's session, in place of the browser's last one, and its token. Raises SignInRefused."""
    here, agent = room(), request.headers.get("User-Agent", "")
    token = here.writer.change(begin_session, here.store, user, address(), agent, instead_of=session_token(), by=by)
    found = caller_of_session(here.store, token)
    if found is None:
        raise SignInRefused
    return found[0], token


def asked_in_house(model: type[M]) -> M:
    """What is asked, where there are accounts. Raises Refused."""
    if not room().settings.has_accounts:
        raise no_accounts()
    return asked_body(model)


def told_session(asking: Caller, token: str | None) -> Session:
    """The session of ``asking``, whose cookie is ``token`` if there is one."""
    settings = room().settings
    quotas = within(settings, asking.user.quotas)
    limits = Limits(
        direct_uploads=bool(settings.blobs_url),
        upload_bytes=settings.upload_bytes,
        json_bytes=settings.json_bytes,
        image_pixels=settings.image_pixels,
        jobs_in_flight=quotas.in_flight or None,
        jobs_queued=quotas.queued or None,
        file_bytes=quotas.size_bytes or None,
        uploads=quotas.uploads or None,
    )
    mode: Mode = "accounts" if settings.has_accounts else "local"
    return Session.of(asking, mode, csrf_of(token) if token else None, limits)


def _signed_out() -> Response:
    response = Response(status=HTTPStatus.NO_CONTENT)
    drop_session(response)
    return response
