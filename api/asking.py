"""Who asks and from where, behind api/identity.py, which finds out."""

from flask import g, request

from api.access import role_needed
from triptych.accounts.audit import Actor
from triptych.accounts.standing import Guest, guest_of
from triptych.accounts.values import Caller

ADDRESS_CHARACTERS = 64


def caller() -> Caller:
    """Who makes the current request. There is one behind every route that is not public."""
    asking: Caller = g.caller
    return asking


def actor() -> Actor:
    """Who makes the current request, as it is written down."""
    asking = caller()
    return Actor(asking.user.id, asking.user.email, address(), asking.key_id)


def guest() -> Guest | None:
    """Who makes the current request, to be looked at again while it lasts; None in local mode."""
    return guest_of(caller(), role_needed(request.endpoint or "", request.method))


def address() -> str:
    """From where the current request comes: what the nearest of the trusted proxies says, if there are any."""
    return (request.remote_addr or "")[:ADDRESS_CHARACTERS]
