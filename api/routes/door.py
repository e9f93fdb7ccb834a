"""The door: how to come in, for those who are not known yet."""

from http import HTTPStatus
from typing import TypeVar

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import BaseModel

from api.answers import answer
from api.asking import address
from api.cookies import session_token, set_session
from api.identity import no_accounts
from api.problems import Refused, invalid
from api.room import room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.session import told_session
from api.schemas.account import Acceptance, Door, Session, SetUp, SignIn
from triptych.accounts.invitations import accept, needs_setup, set_up
from triptych.accounts.passwords import WeakPassword, check_password, hash_password
from triptych.accounts.sessions import begin_session, caller_of_session
from triptych.accounts.signing_in import SignInRefused, known_by_password, note_refusal
from triptych.accounts.values import User

routes = APIBlueprint("door", __name__, url_prefix="/api/v1", abp_tags=[{"name": "session"}])

M = TypeVar("M", bound=BaseModel)

_ACCOUNT = problems(*JSON_BODY, "no_accounts", "email_taken", "weak_password", "not_found")


@routes.get("/door", responses={200: json_of(Door), **problems()})
def show() -> Response:
    """Tell how one comes in; in local mode one is in."""
    here = room()
    if not here.settings.has_accounts:
        return answer(Door(mode="local", needs_setup=False))
    return answer(Door(mode="accounts", needs_setup=needs_setup(here.store)))


@routes.post(
    "/session",
    request_body=body(json="SignIn"),
    responses={201: json_of(Session), **problems(*JSON_BODY, "sign_in_refused", "no_accounts")},
)
def sign_in() -> Response:
    """Sign in: the answer's cookie is the session, which the browser sends from now on."""
    asked = _asked(SignIn)
    here = room()
    here.limits.count_sign_in(asked.email)
    try:
        user = here.hashing.call(known_by_password, here.store, asked.email, asked.password)
    except SignInRefused:
        here.writer.change(note_refusal, here.store, asked.email, address())
        raise Refused(401, "sign_in_refused", "no account here has this address and this password") from None
    return let_in(user)


@routes.post("/setup", request_body=body(json="SetUp"), responses={201: json_of(Session), **_ACCOUNT})
def set_up_house() -> Response:
    """Make the first administrator's account, by the link that the house says at its start; it works once."""
    asked = _asked(SetUp)
    here = room()
    here.limits.count_sign_in("")
    kept = _hashed(asked.password, asked.email)
    return let_in(here.writer.change(set_up, here.store, asked.token, asked.email, asked.name, kept, address()))


@routes.post("/invitations/accept", request_body=body(json="Acceptance"), responses={201: json_of(Session), **_ACCOUNT})
def accept_invitation() -> Response:
    """Make the account that an invitation is for; its link works once."""
    asked = _asked(Acceptance)
    here = room()
    here.limits.count_sign_in("")
    kept = _hashed(asked.password, "")
    return let_in(here.writer.change(accept, here.store, asked.token, asked.name, kept, address()))


def let_in(user: User) -> Response:
    """Begin the user's session, in place of the browser's last one."""
    here, agent = room(), request.headers.get("User-Agent", "")
    token = here.writer.change(begin_session, here.store, user, address(), agent, instead_of=session_token())
    found = caller_of_session(here.store, token)
    if found is None:
        raise Refused(401, "sign_in_refused", "this account was disabled just now")
    response = answer(told_session(found[0], token), HTTPStatus.CREATED)
    set_session(response, token)
    return response


def _asked(model: type[M]) -> M:
    """What is asked, where there are accounts. Raises Refused."""
    if not room().settings.has_accounts:
        raise no_accounts()
    return asked_body(model)


def _hashed(password: str, email: str) -> str:
    """What is kept of a new password. Raises Refused."""
    try:
        check_password(password, email)
    except WeakPassword as error:
        raise invalid("password", str(error), "weak_password") from None
    return room().hashing.call(hash_password, password, room().settings.password_bytes)
