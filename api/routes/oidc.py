"""Signing in by a provider of OpenID Connect: where it begins, and where the browser comes back."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from flask import Response, request
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import address
from api.cookies import attempt_token, keep_attempt, session_token, set_session
from api.oidc import Busy
from api.problems import Refused
from api.room import room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.session import begun
from api.schemas.oidc import CallbackQuery, Departure, OidcRequest
from triptych.accounts.attempts import Purpose, Secrets, UnknownAttempt, begin_attempt, is_begun, take_attempt
from triptych.accounts.audit import Actor
from triptych.accounts.coming_in import NotLetIn, Refusal, come_in, note_not_let_in
from triptych.accounts.identities import IdentityTaken, NotByRule, link_identity
from triptych.accounts.providers import BadProvider, Came, ProviderAway
from triptych.accounts.sessions import caller_of_session
from triptych.accounts.signing_in import SignInRefused
from triptych.accounts.tokens import hashed, new_token
from triptych.accounts.values import Provided

log = structlog.get_logger()

routes = APIBlueprint("oidc", __name__, url_prefix="/api/v1/oidc", abp_tags=[{"name": "session"}])

DEPARTURE = {
    200: json_of(Departure),
    **problems(*JSON_BODY, "no_provider", "foreign_host", "provider_away", "provider_failed", "too_many_clients"),
}
_BACK: dict[Any, Any] = {  # Any: as problems() has it
    303: {"description": "To a page of this server: with a session, or with `?refused=` and why there is none."}
}
_REFUSALS = {  # by what a provider says went wrong; whatever else it says is its failure
    "access_denied": Refusal.DENIED,
    "server_error": Refusal.PROVIDER_AWAY,
    "temporarily_unavailable": Refusal.PROVIDER_AWAY,
}


@routes.post("/start", request_body=body(json="OidcRequest"), responses={**DEPARTURE, **problems("no_accounts")})
def start() -> Response:
    """Begin to sign in by the provider: lead the browser to the page that is told, which the answer's cookie awaits."""
    asked = asked_body(OidcRequest)
    return depart(Purpose(asked.path, hashed(asked.token) if asked.token else None))


@routes.get("/callback", responses={**_BACK, **problems("no_accounts", "no_provider")})
def callback(query: CallbackQuery) -> Response:  # noqa: ARG001 -- for the document: what is said twice counts as not said
    """Come back from the provider."""
    _check_provider()
    try:
        state, purpose = _attempt()
    except UnknownAttempt:
        return _to("/", Refusal.ATTEMPT_OVER)
    who = None
    try:
        came = _came(Secrets.of(attempt_token(), state))
        who = came.who
        return _linked(came, purpose) if purpose.session_id else _let_in(came, purpose)
    except NotLetIn as error:
        room().writer.change(note_not_let_in, room().store, who, error.refusal, address())
        return _to(purpose.path, error.refusal)


def depart(purpose: Purpose) -> Response:
    """Where signing in for ``purpose`` begins. Raises Refused."""
    _check_provider()
    here, browser = room(), attempt_token() or new_token()
    here.limits.count_sign_in("")
    secrets = here.writer.change(begin_attempt, here.store, browser, here.settings.oidc_issuer, purpose)
    try:
        with here.oidc.provider(here.store) as provider:
            response = answer(Departure(url=provider.sign_in_url(secrets)))
    except Busy:
        raise Refused(503, "too_many_clients", "others sign in just now: try again in a moment", again_s=5) from None
    except ProviderAway as error:
        log.warning("the provider is away", error=str(error))
        raise Refused(503, "provider_away", "the provider does not answer: try again in a moment", again_s=5) from None
    except BadProvider as error:
        log.warning("the provider cannot be used", error=str(error))
        raise Refused(502, "provider_failed", "the provider cannot be used: this server's log says why") from None
    keep_attempt(response, browser)
    return response


def _check_provider() -> None:
    """Raise Refused where there is none, or where the browser would come back to another name, without its cookies."""
    settings = room().settings
    if not settings.has_provider:
        raise Refused(409, "no_provider", "nobody signs in by a provider here: TRIPTYCH_OIDC_ISSUER names one")
    if urlsplit(f"//{request.host}").hostname != urlsplit(settings.called).hostname:
        raise Refused(421, "foreign_host", f"the provider leads back to {settings.called}: sign in there")


def _attempt() -> tuple[str, Purpose]:
    """The attempt whose browser comes back, which is over from now on. Raises UnknownAttempt."""
    here, states = room(), request.args.getlist("state")
    if len(states) != 1 or not is_begun(here.store, states[0]):
        raise UnknownAttempt
    purpose = here.writer.change(take_attempt, here.store, attempt_token(), here.settings.oidc_issuer, states[0])
    return states[0], purpose


def _came(secrets: Secrets) -> Came:
    """Who came back. Raises NotLetIn."""
    here = room()
    try:
        with here.oidc.provider(here.store) as provider:
            provider.check_issuer(_said("iss"))
            if error := _said("error"):
                raise NotLetIn(_REFUSALS[error]) if error in _REFUSALS else BadProvider(f"it says {error[:200]!r}")
            return provider.redeem(_said("code") or "", secrets)
    except Busy:
        raise NotLetIn(Refusal.BUSY) from None
    except ProviderAway as away:
        log.warning("the provider is away", error=str(away))
        raise NotLetIn(Refusal.PROVIDER_AWAY) from None
    except BadProvider as failed:
        log.warning("the provider cannot be used", error=str(failed))
        raise NotLetIn(Refusal.PROVIDER_FAILED) from None


def _said(name: str) -> str | None:
    """What the provider says by the browser. Raises BadProvider where it says two things (RFC 6749, section 3.1)."""
    said = request.args.getlist(name)
    if len(said) > 1:
        raise BadProvider(f"it says {name} more than once")
    return said[0] if said else None


def _let_in(came: Came, purpose: Purpose) -> Response:
    here = room()
    user, identity_id = here.writer.change(come_in, here.store, came.who, purpose.invitation_sha256, address())
    try:
        _, token = begun(user, Provided(identity_id, came.who.issuer, came.sign_out_url))
    except SignInRefused:
        raise NotLetIn(Refusal.DISABLED) from None
    response = _to(purpose.path)
    set_session(response, token)
    return response


def _linked(came: Came, purpose: Purpose) -> Response:
    """Back, with another identity, to whoever wanted it and is still signed in here."""
    here = room()
    found = caller_of_session(here.store, session_token())
    if found is None or found[0].session_id != purpose.session_id:
        raise NotLetIn(Refusal.ATTEMPT_OVER)
    user = found[0].user
    try:
        here.writer.change(link_identity, here.store, Actor(user.id, user.email, address()), user.id, came.who)
    except IdentityTaken:
        raise NotLetIn(Refusal.IDENTITY_TAKEN) from None
    except NotByRule:
        raise NotLetIn(Refusal.LINK_NOT_ADMITTED) from None
    return _to(purpose.path)


def _to(path: str, refusal: Refusal | None = None) -> Response:
    parts = urlsplit(path)
    told = urlencode({"refused": refusal}) if refusal else ""
    query = "&".join(filter(None, (parts.query, told)))
    response = Response(status=HTTPStatus.SEE_OTHER)
    response.headers["Location"] = urlunsplit(parts._replace(query=query))
    return response
