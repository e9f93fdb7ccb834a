"""Who is asking: found out once for each request, before anything else of it, and whether they may.

In local mode it is the one built-in user. Where there are accounts it is whoever shows a session's cookie, as browsers
do, or a key: ``Authorization: Bearer tri_...``. A page that merely makes the browser send its cookie changes nothing:
what changes something by a cookie says the session's ``X-CSRF-Token`` too, which only a page of ours can read.
"""

import hmac
from collections.abc import Callable

import structlog
from flask import Flask, g, request

from api.access import SAFE, Access, access_of, needs_writing, role_needed
from api.cookies import session_token
from api.problems import Refused
from api.room import room
from triptych.accounts.keys import caller_of_key, touch_key
from triptych.accounts.sessions import caller_of_session, touch_session
from triptych.accounts.tokens import csrf_of
from triptych.accounts.values import LOCAL_CALLER, Caller
from triptych.database import DatabaseAway
from triptych.store import Store

log = structlog.get_logger()

CSRF_HEADER = "X-CSRF-Token"


def register_identity(app: Flask) -> None:
    """Have ``app`` find out who asks, and refuse what they may not, a WebSocket's 101 included."""
    app.before_request(_identify)


def no_accounts() -> Refused:
    """The refusal of what only accounts have."""
    return Refused(409, "no_accounts", "there are no accounts here: TRIPTYCH_ACCOUNTS=1 starts Triptych with them")


def _identify() -> None:
    if request.endpoint is None:  # there is no such address, which is told as that
        return
    access = access_of(request.endpoint)
    if not room().settings.has_accounts:
        if access.only_accounts:
            raise no_accounts()
        g.caller = LOCAL_CALLER
    elif not access.is_public:
        g.caller = _known()
        _check(g.caller, access)


def _known() -> Caller:
    """Who shows a key, or else a session. Raises Refused."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _by_key(key.strip())
    return _by_session(session_token())


def _by_key(key: str) -> Caller:
    here = room()
    found = caller_of_key(here.store, key)
    if found is None:
        raise Refused(401, "unauthenticated", "this key is not known, or no longer: make another")
    asking, is_due = found
    if is_due:
        _touch(touch_key, str(asking.key_id))
    return asking


def _by_session(token: str) -> Caller:
    here = room()
    found = caller_of_session(here.store, token) if token else None
    if found is None:
        raise Refused(401, "unauthenticated", "sign in, or send Authorization: Bearer and a key")
    if request.method not in SAFE and not hmac.compare_digest(
        request.headers.get(CSRF_HEADER, "").encode(), csrf_of(token).encode()
    ):
        raise Refused(403, "bad_csrf_token", f"{CSRF_HEADER} is not this session's, which GET /api/v1/session tells")
    asking, is_due = found
    if is_due:
        _touch(touch_session, str(asking.session_id))
    return asking


def _touch(touch: Callable[[Store, str], None], its_id: str) -> None:
    """Note a last use, if it can be: nobody is turned away because it cannot."""
    here = room()
    try:
        here.writer.change(touch, here.store, its_id)
    except DatabaseAway as error:
        log.warning("a last use could not be noted", id=its_id, error=str(error))


def _check(asking: Caller, access: Access) -> None:
    """Raise Refused unless they may, by their role and by what their key is for."""
    writing = needs_writing(request.endpoint or "", request.method)
    role = role_needed(request.endpoint or "", request.method)
    if not asking.user.role.covers(role):
        raise Refused(403, "forbidden", f"this takes the role {role}, and yours is {asking.user.role}")
    if access.area is None:
        if asking.is_key and writing:
            raise Refused(403, "forbidden", "a key cannot do this: sign in")
        return
    for area in (access.area, *access.others):
        scope = area.write if writing else area.read
        if scope not in asking.scopes:
            raise Refused(403, "forbidden", f"this takes a key with the scope {scope}")
