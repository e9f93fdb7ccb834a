"""The WebSocket: says what happens, listens to nothing."""

import json
import threading
from contextlib import suppress
from typing import NoReturn

from flask import Blueprint, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from api.problems import Refused
from api.relay.hub import Attached
from api.relay.messages import refusal, socket_messages
from api.relay.polite_socket import PoliteSocket
from api.relay.subscription import Dismissed, Ended, Lagging
from api.room import Room, attend, room

PATH = "/api/v1/socket"
OPTIONS = {"ping_interval": 25, "max_message_size": 4096}
MOST_CLIENTS = 2000

GOING_AWAY = 1001
NOT_UNDERSTOOD = 1003
TRY_AGAIN_LATER = 1013
DISMISSED = 4000  # and the status: codes from here on are an application's own (RFC 6455, section 7.4.2)

relay = Blueprint("relay", __name__)
sock = Sock()


@relay.before_request
def prepare() -> None:
    """Refuse before the 101 what will not be served, and give the handshake a socket that is fit for two writers."""
    prepare_socket(PoliteSocket)


def prepare_socket(kind: type[PoliteSocket]) -> None:
    """As ``prepare``, with a socket of this ``kind`` for a handshake."""
    if room().hub.clients >= MOST_CLIENTS:
        raise Refused(503, "too_many_clients", f"{MOST_CLIENTS} clients are connected already: try again later")
    environ = request.environ
    if "HTTP_UPGRADE" in environ:
        _check_handshake()
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # compression costs 300 KB a client, and bombs
    for name in ("gunicorn.socket", "werkzeug.socket"):
        if name in environ and "HTTP_UPGRADE" in environ:
            environ[name] = kind(environ[name])


def _check_handshake() -> None:
    """RFC 6455, section 4.2.1: what makes a WebSocket handshake of an upgrade."""
    if request.method != "GET":
        raise Refused(405, "method_not_allowed", "a WebSocket is opened with GET")
    if not request.headers.get("Sec-WebSocket-Key") or request.headers.get("Sec-WebSocket-Version") != "13":
        raise Refused(400, "bad_request", "the handshake needs Sec-WebSocket-Key, and Sec-WebSocket-Version: 13")


@relay.get(PATH)
def not_an_upgrade() -> NoReturn:
    """Say what is wanted when this is not a WebSocket handshake."""
    raise Refused(426, "upgrade_required", "this address speaks WebSocket: connect with a WebSocket client")


@sock.route(PATH, bp=relay)  # type: ignore[untyped-decorator]  # flask-sock ships no types
def tell(connection: Server) -> None:
    """Tell the client what happens to its jobs until it goes."""
    here = room()
    after = request.args.get("after")
    with attend() as attached:
        teller = threading.Thread(target=_speak, args=(connection, here, attached, after), daemon=True)
        teller.start()
        try:
            connection.receive()
            with suppress(ConnectionClosed, OSError):
                connection.close(NOT_UNDERSTOOD, "nothing is expected from the client")
        finally:
            attached.subscription.end()
            teller.join()


def _speak(connection: Server, here: Room, attached: Attached, after: str | None) -> None:
    reason, message, last = GOING_AWAY, "the server is stopping", ""
    try:
        for text in socket_messages(here.hub, attached, after):
            connection.send(text)
            last = text
    except Lagging:
        reason, message = TRY_AGAIN_LATER, f"too slow: come again with ?after={_id_of(last)}"
    except Ended:
        pass
    except Dismissed as error:
        dismiss(connection, error)
        return
    except (ConnectionClosed, OSError):
        return
    with suppress(ConnectionClosed, OSError):
        connection.close(reason, message)


def dismiss(connection: Server, error: Dismissed) -> None:
    """Close on who may not be told any more, by a code that is made of the status of such a refusal."""
    with suppress(ConnectionClosed, OSError):
        connection.send(refusal(error.problem))
        connection.close(DISMISSED + error.problem.status, error.problem.detail)


def _id_of(text: str) -> str:
    return str(json.loads(text)["id"]) if text else ""
