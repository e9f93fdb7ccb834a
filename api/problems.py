"""Errors: whatever goes wrong is told in one shape, with a stable code, and never as a traceback."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, NoReturn

import structlog
from flask import Flask, Response, current_app, request
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from api.access import SAFE
from api.schemas.problem import FieldError, Problem
from pipelines.errors import BadInput
from triptych.accounts.identities import LastWayIn, UnknownIdentity
from triptych.accounts.invitations import UnknownInvitation
from triptych.accounts.keys import TooManyKeys, UnknownKey
from triptych.accounts.sessions import UnknownSession
from triptych.accounts.users import EmailTaken, LastAdmin, OwnsThings, UnknownUser
from triptych.batches.batch import UnknownBatch, WrongState
from triptych.blobs import BlobsAway, NoDisk, TooLarge
from triptych.chat.branches import UnknownMessage
from triptych.chat.conversations import UnknownConversation
from triptych.chat.posting import ReplyUnfinished
from triptych.chat.writing import BadTurn
from triptych.cursors import UnknownCursor
from triptych.database import DatabaseAway, DatabaseFull
from triptych.files import FileInUse, UnknownFile
from triptych.jobs.owner import JobFinished, JobNotFinished, UnknownJob
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.submission import IdempotencyMismatch, WrongMedia
from triptych.memory.archive.export import TooManyContents
from triptych.memory.archive.format import BadArchive
from triptych.memory.marks import MemoryMade, NameTaken
from triptych.memory.tagging import BadMark
from triptych.memory.values import UnknownCollection, UnknownMemory, UnknownSource
from triptych.pending.arrived import NothingSent
from triptych.pending.parts import NotDirect, OtherContent, PartsMissing
from triptych.pending.stretch import ChecksumMismatch
from triptych.pending.uploads import UnknownUpload, UploadBusy, UploadExpired, WrongOffset
from triptych.recordings import RecordingEnded
from triptych.webhooks.values import (
    DeliveryPending,
    TooManyWebhooks,
    UnknownDelivery,
    UnknownWebhook,
    WebhookDisabled,
)

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
TOLD_HEADERS = ("Allow", "Content-Range")  # of what werkzeug would say: the methods of a 405, the size of a 416
AGAIN_S = 5
CHALLENGE = 'Bearer realm="triptych"'  # of a 401 (RFC 6750, section 3)
CODES_OF_STATUS = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "invalid_request",
    429: "quota_exceeded",
    426: "upgrade_required",
    500: "internal",
    501: "not_implemented",
}
CHECKSUM_MISMATCH = 460  # tus' own, which no registry of HTTP has
STATUS_OF_MEDIA_CODE = {"media_type_mismatch": 415, "unsupported_media_type": 415}


class Refused(Exception):
    """A request that is not granted, and how to say so; ``again_s``: in how many seconds it may be."""

    def __init__(
        self, status: int, code: str, detail: str, errors: Sequence[FieldError] = (), again_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.again_s = again_s
        self.problem = Problem(title=phrase_of(status), status=status, code=code, detail=detail, errors=list(errors))


def invalid(where: str, message: str, code: str = "invalid_request") -> Refused:
    """The refusal of one value."""
    return Refused(422, code, f"{where}: {message}", [FieldError(where=where, message=message)])


def refuse_validation(
    error: ValidationError, within: str = "", code: str = "invalid_request", known: Iterable[str] = ()
) -> NoReturn:
    """Raise Refused for what pydantic found wrong; ``within`` is prefixed to each place, ``known`` names there are."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    errors = [
        FieldError(
            where=".".join([*filter(None, [within]), *map(_step, one["loc"])]) or "body", message=_message(one, known)
        )
        for one in found
    ]
    raise Refused(422, code, f"{errors[0].where}: {errors[0].message}", errors) from None


def code_of_status(status: int) -> str:
    """The code of an error of which no more than its HTTP status is known."""
    return CODES_OF_STATUS.get(status, "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "internal")


def phrase_of(status: int) -> str:
    """What an HTTP status is called."""
    return "Checksum Mismatch" if status == CHECKSUM_MISMATCH else HTTPStatus(status).phrase


def problem_response(problem: Problem) -> Response:
    """``problem`` as a response."""
    status = f"{problem.status} {phrase_of(problem.status)}"
    return Response(problem.model_dump_json(), status=status, content_type=MEDIA_TYPE)


def register_problems(app: Flask) -> None:
    """Have ``app`` answer every exception with a problem."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    for kind, (status, code, detail) in _KNOWN.items():
        app.register_error_handler(kind, _known(status, code, detail))
    app.register_error_handler(BadInput, _bad_media)
    app.register_error_handler(WrongMedia, _wrong_media)
    app.register_error_handler(UnknownCursor, _unknown_cursor)
    app.register_error_handler(BadTurn, lambda error: problem_response(invalid(*error.told).problem))
    app.register_error_handler(DatabaseAway, _database_away)
    app.register_error_handler(BlobsAway, _blobs_away)


_KNOWN: dict[type[Exception], tuple[int, str, str]] = {
    UnknownJob: (404, "not_found", "there is no job {}"),
    UnknownBatch: (404, "not_found", "there is no batch {}"),
    WrongState: (409, "wrong_state", "the batch is {}, which does not allow this"),
    UnknownConversation: (404, "not_found", "there is no conversation {}"),
    UnknownMessage: (404, "not_found", "the conversation has no message {}"),
    UnknownFile: (404, "not_found", "there is no file {}"),
    UnknownMemory: (404, "not_found", "there is no memory {}"),
    UnknownSource: (404, "not_found", "there is no source {}"),
    UnknownCollection: (404, "not_found", "there is no collection {}"),
    UnknownKey: (404, "not_found", "there is no key {}"),
    UnknownIdentity: (404, "not_found", "there is no identity {}"),
    LastWayIn: (409, "last_way_in", "you have no password: without this identity you could not come in any more"),
    UnknownSession: (404, "not_found", "there is no session {}"),
    UnknownInvitation: (404, "not_found", "this link is no longer good, or never was: ask for another"),
    UnknownUser: (404, "not_found", "there is no user {}"),
    LastAdmin: (409, "last_admin", "this is the last administrator: make somebody else one first"),
    OwnsThings: (409, "owns_things", "there is still something of theirs ({}): disable them instead"),
    EmailTaken: (409, "email_taken", "{} has an account already"),
    TooManyKeys: (409, "too_many_keys", "you have {} keys, as many as one may have: revoke one"),
    UnknownWebhook: (404, "not_found", "there is no webhook {}"),
    UnknownDelivery: (404, "not_found", "the webhook has no delivery {}"),
    MemoryMade: (409, "memory_made", "a job made the memory {}: it goes with that job"),
    NameTaken: (409, "name_taken", "there is a collection {!r} already"),
    JobFinished: (409, "job_finished", "the job is {} already"),
    JobNotFinished: (409, "job_not_finished", "the job is {}: cancel it first, or wait"),
    ReplyUnfinished: (409, "reply_unfinished", "the reply is {}: stop it first, or wait"),
    RecordingEnded: (409, "recording_ended", "the recording {} has ended: nothing can be added to it"),
    FileInUse: (409, "file_in_use", "a job uses the file {}: delete the job first"),
    UnknownUpload: (404, "not_found", "there is no upload {}"),
    UploadExpired: (410, "upload_expired", "nobody went on with the upload {} in time: begin another"),
    UploadBusy: (423, "upload_busy", "another request is writing to the upload {}: ask again when it is through"),
    NotDirect: (409, "not_supported", "{}"),
    NothingSent: (409, "nothing_sent", "nothing was sent for the upload {} yet"),
    PartsMissing: (409, "parts_missing", "{}"),
    OtherContent: (422, "other_content", "{}"),
    WrongOffset: (409, "wrong_offset", "{}"),
    ChecksumMismatch: (CHECKSUM_MISMATCH, "checksum_mismatch", "the bytes have another {}: they were dropped"),
    TooManyWebhooks: (409, "too_many_webhooks", "there are {} webhooks already, which is the limit"),
    WebhookDisabled: (409, "webhook_disabled", "the webhook {} is disabled: enable it first"),
    DeliveryPending: (409, "delivery_pending", "the delivery {} is still being tried"),
    TooLarge: (413, "too_large", "the body holds {}, which is the limit"),
    TooManyContents: (413, "too_large", "{}"),
    BadArchive: (422, "bad_archive", "the archive cannot be taken: {}"),
    BadMark: (422, "invalid_request", "{}"),
    IdempotencyMismatch: (422, "idempotency_mismatch", "the Idempotency-Key {} was used for another request"),
    QuotaExceeded: (429, "quota_exceeded", "{}"),
    DatabaseFull: (507, "no_disk", "the disk is full: the database can take nothing more"),
    NoDisk: (507, "no_disk", "the disk is full: {}"),
    TimeoutError: (408, "timeout", "the body stopped coming"),
}


TOLD: tuple[type[Exception], ...] = (Refused, *_KNOWN, WrongMedia, UnknownCursor, BadTurn, DatabaseAway, BlobsAway)
"""What may go wrong through no fault of ours."""


def problem_of(error: Exception) -> Problem:
    """What a request is told that failed by one of ``TOLD``, for those that are beyond HTTP."""
    response = current_app.make_response(current_app.handle_user_exception(error))
    return Problem.model_validate_json(response.get_data())


def refused(error: Refused) -> Response:
    """What a request is answered that is refused."""
    response = problem_response(error.problem)
    if error.again_s is not None:
        response.headers["Retry-After"] = str(error.again_s)
    if error.problem.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _known(status: int, code: str, detail: str) -> Any:  # Any: Flask's handler type is narrower than what it takes
    def tell(error: Exception) -> Response:
        return problem_response(Refused(status, code, detail.format(error)).problem)

    return tell


def _bad_media(error: BadInput) -> Response:
    status = STATUS_OF_MEDIA_CODE.get(error.code, 422)
    return problem_response(Refused(status, error.code, error.message).problem)


def _wrong_media(error: WrongMedia) -> Response:
    return problem_response(invalid(f"files.{error.number}", str(error), "wrong_media").problem)


def _unknown_cursor(error: UnknownCursor) -> Response:
    told = f"'{error}' is no `next` of a page of this list, or what stood there is gone: begin without a cursor"
    return problem_response(invalid("query.cursor", told).problem)


def _database_away(error: DatabaseAway) -> Response:
    log.warning("the database is away", error=str(error))
    return refused(
        Refused(503, "database_away", "the database does not answer: ask again in a moment", again_s=AGAIN_S)
    )


def _blobs_away(error: BlobsAway) -> Response:
    log.warning("the blob store is away", error=str(error))
    return refused(Refused(503, "blobs_away", "files cannot be reached now: ask again in a moment", again_s=AGAIN_S))


def _http(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed) and _is_of_page(error):
        error = NotFound(f"there is nothing at {request.path[:200]}")
    status = error.code or 500
    if status < 400:  # a redirect is no error
        return Response(status=status, headers=error.get_headers())
    response = problem_response(Refused(status, code_of_status(status), error.description or "").problem)
    for name, value in error.get_headers():
        if name in TOLD_HEADERS:
            response.headers[name] = value
    return response


def _is_of_page(error: MethodNotAllowed) -> bool:
    """Whether an address of the API has no route but the UI's page, which stands for every address that has none."""
    if not request.path.startswith("/api/") or {*(error.valid_methods or ())} - SAFE:
        return False
    endpoint, _ = current_app.url_map.bind("").match(request.path, "GET")
    return bool(endpoint == "ui.page")


def _unexpected(error: Exception) -> Response:
    log.exception("a request failed", error=type(error).__name__)
    return problem_response(Refused(500, "internal", "the server failed; its log says why").problem)


def _message(error: ErrorDetails, known: Iterable[str]) -> str:
    """What pydantic says, but where it says it of its own classes and arguments."""
    if error["type"] == "model_type":
        return "a JSON object is wanted"
    if error["type"] == "extra_forbidden":
        return f"there is nothing of this name; there are {', '.join(known)}" if known else "nothing has this name"
    return error["msg"].removeprefix("Value error, ")  # of our own validators


def _step(step: int | str) -> str:
    return str(step)
