"""Uploads that nobody went on with: removed with what had come of them, and the records of those that became files."""

from sqlalchemy import select

from triptych.pending.tables import uploads
from triptych.pending.uploads import Pending, UnknownUpload, UploadBusy, forget, hold
from triptych.store import Store

AT_A_TIME = 500


def remove_expired(store: Store) -> int:
    """Remove the uploads that have expired, but for those that somebody is adding to; return how many."""
    removed, after = 0, ""
    while page := _expired(store, after):
        removed += sum(_remove(store, upload) for upload in page)
        after = page[-1].id
    return removed


def _expired(store: Store, after: str) -> list[Pending]:
    statement = select(uploads).where(uploads.c.expires_at <= store.clock(), uploads.c.id > after)
    with store.database.read() as connection:
        return [Pending(*row) for row in connection.execute(statement.order_by(uploads.c.id).limit(AT_A_TIME))]


def _remove(store: Store, upload: Pending) -> bool:
    """Remove one; False where somebody is adding to it, which prolongs it."""
    try:
        tape = hold(store, upload)
    except UploadBusy:
        return False
    except UnknownUpload:  # a file became of it, or its tape is gone
        return _forget_expired(store, upload)
    try:
        return _forget_expired(store, upload)
    finally:
        tape.close()


def _forget_expired(store: Store, upload: Pending) -> bool:
    """Forget it unless it was prolonged since it was found: while its tape is held nobody prolongs it."""
    its = select(uploads.c.id).where(uploads.c.id == upload.id, uploads.c.expires_at <= store.clock())
    with store.database.read() as connection:
        if connection.execute(its).first() is None:
            return False
    forget(store, upload)
    return True
