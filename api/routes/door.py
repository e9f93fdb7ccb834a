"""The door: how to come in, for those who are not known yet."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import address
from api.problems import invalid
from api.room import room
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.session import asked_in_house, let_in
from api.schemas.account import Acceptance, Door, DoorProvider, Session, SetUp
from triptych.accounts.invitations import accept, needs_setup, set_up
from triptych.accounts.passwords import WeakPassword, check_password, hash_password

routes = APIBlueprint("door", __name__, url_prefix="/api/v1", abp_tags=[{"name": "session"}])

_ACCOUNT = problems(*JSON_BODY, "no_accounts", "email_taken", "weak_password", "not_found")


@routes.get("/door", responses={200: json_of(Door), **problems()})
def show() -> Response:
    """Tell how one comes in; in local mode one is in."""
    here = room()
    if not here.settings.has_accounts:
        return answer(Door(mode="local", needs_setup=False, provider=None))
    name = here.settings.oidc_called
    provider = DoorProvider(name=name) if name else None
    return answer(Door(mode="accounts", needs_setup=needs_setup(here.store), provider=provider))


@routes.post("/setup", request_body=body(json="SetUp"), responses={201: json_of(Session), **_ACCOUNT})
def set_up_house() -> Response:
    """Make the first administrator's account, by the link that the house says at its start; it works once."""
    asked = asked_in_house(SetUp)
    here = room()
    here.limits.count_sign_in("")
    kept = _hashed(asked.password, asked.email)
    return let_in(here.writer.change(set_up, here.store, asked.token, asked.email, asked.name, kept, address()))


@routes.post("/invitations/accept", request_body=body(json="Acceptance"), responses={201: json_of(Session), **_ACCOUNT})
def accept_invitation() -> Response:
    """Make the account that an invitation is for; its link works once."""
    asked = asked_in_house(Acceptance)
    here = room()
    here.limits.count_sign_in("")
    kept = _hashed(asked.password, "")
    return let_in(here.writer.change(accept, here.store, asked.token, asked.name, kept, address()))


def _hashed(password: str, email: str) -> str:
    """What is kept of a new password. Raises Refused."""
    try:
        check_password(password, email)
    except WeakPassword as error:
        raise invalid("password", str(error), "weak_password") from None
    return room().hashing.call(hash_password, password, room().settings.password_bytes)
