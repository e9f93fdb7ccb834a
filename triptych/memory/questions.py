"""What goes over Redis between who asks for a question's vectors and the process that makes them."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from pipelines.house import Space, SpaceKind, Vector
from triptych.files import File

WAITING = "triptych:questions"  # a list, the oldest first
PRESENT = "triptych:questions:present"  # what the process that answers compares by, for as long as it is there
ANSWER = "triptych:questions:answer:"  # and the question's id: a list of one
MOST_WAITING = 256
TEXT_CHARACTERS = 8000  # no model reads as much

_HASH = re.compile("[0-9a-f]{64}")


class BadQuestion(ValueError):
    """What came is no question; the message says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the blob store."""

    sha256: str
    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way: a text, or a picture. ``asked_at``: in seconds since the epoch."""

    id: str
    asked_at: float
    text: str = ""
    picture: Picture | None = None

    def encode(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def decode(cls, message: str) -> Self:
        """Raises BadQuestion."""
        try:
            told = json.loads(message)
            picture = told.pop("picture")
            asking = cls(**told, picture=Picture(**picture) if picture else None)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadQuestion(f"no question: {error}") from error
        if not (isinstance(asking.id, str) and isinstance(asking.text, str)):
            raise BadQuestion("its id and its text are no strings")
        if not isinstance(asking.asked_at, int | float):
            raise BadQuestion("when it was asked is no number")
        if asking.picture and not _HASH.fullmatch(str(asking.picture.sha256)):
            raise BadQuestion("the picture has no hash")
        return asking


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's vectors, at most one in each space that is searched, and what should be known of them."""

    vectors: Sequence[Vector] = ()
    warnings: tuple[str, ...] = ()

    def encode(self) -> str:
        """As JSON."""
        vectors = [{**asdict(one.space), "values": b64encode(one.values).decode()} for one in self.vectors]
        return json.dumps({"vectors": vectors, "warnings": self.warnings})

    @classmethod
    def decode(cls, message: str) -> Self:
        """What ``encode`` wrote."""
        told = json.loads(message)
        return cls(tuple(_vector(**vector) for vector in told["vectors"]), tuple(told["warnings"]))


def picture_of(file: File) -> Picture:
    """The picture that ``file`` is."""
    return Picture(file.sha256, file.name, file.media_type, file.size_bytes)


def _vector(kind: str, model: str, dimensions: int, is_joint: bool, values: str) -> Vector:
    return Vector(Space(SpaceKind(kind), model, dimensions, is_joint), b64decode(values))
