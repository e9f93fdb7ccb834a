"""The codes of problems: their statuses and what they say, for the document and for whoever reads it."""

from collections.abc import Mapping

CODES: Mapping[int, Mapping[str, str]] = {
    400: {
        "bad_json": "The JSON cannot be used: it is no JSON, too deep, or says one name twice.",
        "bad_multipart": "The form cannot be read.",
        "bad_request": "The request cannot be understood, or its body broke off.",
    },
    401: {
        "sign_in_refused": "No account has this address and this password.",
        "unauthenticated": "Nobody is signed in, and no key that is known was shown.",
    },
    403: {
        "bad_csrf_token": "X-CSRF-Token is not what GET /api/v1/session tells.",
        "forbidden": "This takes another role, or a key with another scope.",
        "foreign_origin": "Requests from pages of another server are not taken.",
        "wrong_password": "This is not the password until now.",
    },
    404: {"not_found": "There is nothing of yours at this address, or of an id that was given."},
    405: {"method_not_allowed": "The method is not known here: Allow names those that are."},
    408: {"timeout": "The body stopped coming for a minute."},
    409: {
        "delivery_pending": "The delivery is still being tried.",
        "email_taken": "Somebody has an account with this address already.",
        "file_in_use": "A job uses the file: delete that job first.",
        "job_finished": "The job has ended already.",
        "job_not_finished": "The job has not ended: cancel it first, or wait.",
        "last_way_in": "Without this identity, and without a password, you could not come in any more.",
        "last_admin": "Without this administrator there would be none.",
        "memory_made": "A job made the memory: it goes with that job.",
        "model_bundled": "The model comes with a package.",
        "model_not_removed": "The disk refuses, or a job that uses the model brings it.",
        "model_present": "The model is here already.",
        "model_pulling": "A job is bringing the model: cancel it first.",
        "name_taken": "There is one of this name already.",
        "no_accounts": "There are no accounts here: TRIPTYCH_ACCOUNTS=1 starts Triptych with them.",
        "no_provider": "Nobody signs in by a provider here: TRIPTYCH_OIDC_ISSUER names one.",
        "owns_things": "There is still something of the user's: disable them instead.",
        "recording_ended": "The recording has ended: nothing can be added to it.",
        "reindexing": "Vectors of this kind are being made by another job.",
        "reply_unfinished": "The reply is being written: stop it first, or wait.",
        "still_recording": "The file is still being recorded: wait until that has ended.",
        "too_many_keys": "There are as many keys of yours as one may have.",
        "too_many_webhooks": "There are as many webhooks of yours as one may have.",
        "webhook_disabled": "The webhook is disabled: enable it first.",
        "not_supported": "Nothing can be sent straight to where files lie; `detail` says why.",
        "nothing_sent": "Nothing was sent for the upload yet.",
        "parts_missing": "Parts of the upload were not sent yet; `detail` says which.",
        "wrong_offset": "The upload does not stand at this offset.",
        "wrong_state": "The batch is in a state that does not allow this.",
    },
    410: {"upload_expired": "Nobody went on with the upload in time: begin another."},
    412: {
        "precondition_failed": "It is no longer what If-Match or If-Unmodified-Since says.",
        "tus_version": "Tus-Resumable names a version that is not spoken here, or is missing.",
    },
    413: {"too_large": "There is more of it than is taken."},
    415: {
        "media_type_mismatch": "The name claims another kind of file than the content is.",
        "unsupported_media_type": "Content of this type is not taken here.",
    },
    416: {"range_not_satisfiable": "The range begins behind the end: Content-Range tells the size."},
    421: {"foreign_host": "This server is called by another name."},
    422: {
        "bad_archive": "The archive cannot be taken: it is broken, or holds what could not be shown again.",
        "bad_media": "The file is broken or cut off.",
        "bad_webhook_url": "Nothing is sent to this URL; `detail` says why.",
        "empty_file": "There is nothing in it.",
        "empty_question": "The question is empty.",
        "encrypted_pdf": "The PDF wants a password.",
        "idempotency_mismatch": "The Idempotency-Key was used for another request.",
        "invalid_params": "A parameter is not what the pipeline takes; `errors` names it.",
        "invalid_request": "A value is not what is taken there; `errors` names it.",
        "name_too_long": "The file's name has more than 255 characters.",
        "no_question": "This message is no question.",
        "no_reply": "This message is no reply.",
        "no_such_page": "The document has fewer pages.",
        "other_content": "Something else was sent than was told; `detail` says what.",
        "too_costly": "Showing the page takes too much time or memory.",
        "too_many_pages": "The document has more pages than are read.",
        "too_many_pixels": "The picture has more pixels than are taken.",
        "unknown_pipeline": "There is no such pipeline.",
        "weak_password": "The password is guessed too soon; `detail` says why.",
        "wrong_media": "The file is not of a kind that is worked on here.",
    },
    423: {"upload_busy": "Another request is writing to the upload: ask again when it is through."},
    426: {"upgrade_required": "This address takes WebSockets."},
    429: {
        "quota_exceeded": "Too many jobs or uploads of yours wait, or your files hold too much; `detail` says which.",
        "rate_limited": "You ask, or somebody tries to sign in, too often: ask again after Retry-After.",
    },
    460: {"checksum_mismatch": "The bytes have another checksum: they were dropped."},
    500: {"internal": "The server failed; its log says why."},
    501: {"not_implemented": "The body comes in a transfer coding other than chunked."},
    502: {"provider_failed": "The provider of OpenID Connect cannot be used: the server's log says why."},
    503: {
        "blobs_away": "Where the files lie does not answer: ask again after Retry-After.",
        "database_away": "The database does not answer: ask again after Retry-After.",
        "importing": "An archive of yours is being brought in: ask again after Retry-After.",
        "provider_away": "The provider of OpenID Connect does not answer: ask again after Retry-After.",
        "too_many_clients": "Others take all there is of it: ask again in a moment.",
    },
    507: {"no_disk": "The disk is full."},
}
"""By status, the codes that a program may act on. A code means the same wherever it is told."""

ANYWHERE = (
    "bad_csrf_token",
    "bad_request",
    "blobs_away",
    "database_away",
    "forbidden",
    "foreign_host",
    "foreign_origin",
    "internal",
    "method_not_allowed",
    "no_disk",
    "not_implemented",
    "precondition_failed",
    "rate_limited",
    "unauthenticated",
)
"""What any request may be told, for what it is and not for what it asks."""


def status_of(code: str) -> int:
    """The status that ``code`` comes with. Raises KeyError for one that is in no list here."""
    for status, codes in CODES.items():
        if code in codes:
            return status
    raise KeyError(f"{code!r} is no code of a problem: add it to api/codes.py and docs/api.md")
