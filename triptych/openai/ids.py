"""How files and batches of the house are called in OpenAI's API."""

from uuid import UUID

from triptych.openai.calls import BadCall

FILE, BATCH = "file-", "batch_"


class UnknownId(BadCall):
    """Nothing of the caller's is called so."""

    def __init__(self, what: str, name: str, param: str = "id") -> None:
        super().__init__(f"there is no {what} {name[:100]!r}", param, "not_found", 404)


def file_id_of(name: str, param: str = "id") -> str:
    """The id of the stored file that ``param`` calls so. Raises UnknownId."""
    return _id("file", name, FILE, param)


def batch_id_of(name: str, param: str = "id") -> str:
    """The id of the batch that ``param`` calls so. Raises UnknownId."""
    return _id("batch", name, BATCH, param)


def _id(what: str, name: str, prefix: str, param: str) -> str:
    try:
        return str(UUID(name.removeprefix(prefix)))
    except ValueError:
        raise UnknownId(what, name, param) from None
