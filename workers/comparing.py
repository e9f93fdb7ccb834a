"""The models of the spaces that are searched, and the vectors that they make of questions and notes.

A model may raise anything over what somebody wrote or drew. Whoever asked is told, and the next is served.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import structlog

from pipelines.contract import Context, Source
from pipelines.engines.embedding import Embedder
from pipelines.engines.picture_embedding import PictureEmbedder
from pipelines.errors import PipelineError
from pipelines.house import Space, SpaceKind, Vector
from pipelines.memory.models import Models, descriptions, meanings, picture_models, sights, text_models
from triptych.blobs import Blobs
from triptych.memory.filling import Lacking
from triptych.memory.questions import Asked, Asking
from triptych.memory.vectors import BadVector, check_values

log = structlog.get_logger()

BY_WORDS = "found by words alone: {}"
MOST_TOLD = 100  # different failures that are logged once each
MOST_FAILED = 1000  # notes that are not tried again until other models are loaded

T = TypeVar("T")
R = TypeVar("R")
M = TypeVar("M")


class Comparing:
    """Makes vectors by the models that were loaded last. ``failed``: the notes of which they can make none."""

    def __init__(self, context: Context, blobs: Blobs) -> None:
        self._context = context
        self._blobs = blobs
        self._of_texts: Models[Embedder] = Models()
        self._of_pictures: Models[PictureEmbedder] = Models()
        self._told: set[str] = set()
        self.failed: set[tuple[str, str]] = set()

    @property
    def loaded(self) -> list[Space]:
        """The spaces whose models are loaded."""
        return [space for space, _ in (*self._of_texts.loaded, *self._of_pictures.loaded)]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why others are not."""
        return (*self._of_texts.warnings, *self._of_pictures.warnings)

    def load(self, spaces: Sequence[Space]) -> None:
        """Load the models of these spaces in place of those that were loaded."""
        self._told, self.failed = set(), set()
        self._of_texts = self._models(text_models, [one for one in spaces if one.kind is SpaceKind.TEXT])
        self._of_pictures = self._models(picture_models, [one for one in spaces if one.kind is SpaceKind.PICTURE])

    def answers(self, asked: Sequence[Asking]) -> dict[str, Asked]:
        """The answers to questions, by their ids; one that cannot be compared is told why."""

        def unanswered(asking: Asking, why: str) -> dict[str, Asked]:
            return {asking.id: Asked(warnings=(BY_WORDS.format(why),))}

        said = [asking for asking in asked if asking.picture is None]
        shown = [asking for asking in asked if asking.picture is not None]
        found = {
            **self._attempted(said, self._of_words, unanswered),
            **self._attempted(shown, self._of_seen, unanswered),
        }
        return {asking_id: self._sound(answer) for asking_id, answer in found.items()}

    def of_notes(self, space: Space, notes: Sequence[Lacking]) -> dict[str, bytes]:
        """The vectors of notes in a space, by their ids; there is none of those that ``failed``."""
        its = replace(self._of_texts, loaded=[one for one in self._of_texts.loaded if one[0] == space])

        def made(some: Sequence[Lacking]) -> dict[str, bytes]:
            vectors = meanings(its, [note.text for note in some], self._context.check)
            found = {note.id: own[0].values for note, own in zip(some, vectors, strict=True) if own}
            for values in found.values():
                check_values(space, values)
            return found

        return self._attempted(notes, made, lambda note, _: self.pass_over(note))

    def pass_over(self, note: Lacking) -> dict[str, bytes]:
        """Count the note among those that failed; it has no vector."""
        if len(self.failed) < MOST_FAILED:
            self.failed.add((note.id, note.text))
        return {}

    def _attempted(
        self, items: Sequence[T], work: Callable[[Sequence[T]], dict[str, R]], failed: Callable[[T, str], dict[str, R]]
    ) -> dict[str, R]:
        """What ``work`` makes of the items together or, where it raises, of each; and what ``failed`` tells of one."""
        if not items:
            return {}
        try:
            return self._context.models.with_relief(lambda: work(items))
        except Exception as error:  # as the executor does: what comes next is to be served, whatever this was
            if len(items) == 1:
                return failed(items[0], self._why(error))
        return {key: made for item in items for key, made in self._attempted([item], work, failed).items()}

    def _models(self, load: Callable[[Context, Sequence[Space]], Models[M]], spaces: Sequence[Space]) -> Models[M]:
        if not spaces:
            return Models()
        try:
            return self._context.models.with_relief(lambda: load(self._context, spaces))
        except Exception as error:  # a model's files may be broken in any way; others may be whole
            return Models(warnings=[BY_WORDS.format(self._why(error))])

    def _why(self, error: Exception) -> str:
        """What to tell of a failure, which is logged when it comes first."""
        why = error.message if isinstance(error, PipelineError) else f"the model failed ({type(error).__name__})"
        if (said := f"{why} {error}") not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(said)
            log.warning("could not be compared", why=why, exc_info=error)
        return why

    def _of_words(self, asked: Sequence[Asking]) -> dict[str, Asked]:
        words = [asking.text for asking in asked]
        meant, described = meanings(self._of_texts, words, self._context.check), descriptions(self._of_pictures, words)
        told = tuple(self._of_texts.warnings)
        vectors = zip(asked, meant, described, strict=True)
        return {asking.id: Asked([*by_meaning, *as_picture], told) for asking, by_meaning, as_picture in vectors}

    def _of_seen(self, asked: Sequence[Asking]) -> dict[str, Asked]:
        with ExitStack() as at_hand:
            found = ((asking.id, self._source(asking, at_hand)) for asking in asked)
            return self._of_sources({asking_id: source for asking_id, source in found if source is not None})

    def _of_sources(self, sources: Mapping[str, Source]) -> dict[str, Asked]:
        seen = sights(self._of_pictures, list(sources.values()), self._context.check)
        return {
            asking_id: Asked(
                seen.vectors.get(source.path, []), (*self._of_pictures.warnings, *_why_unseen(seen.unseen, source.path))
            )
            for asking_id, source in sources.items()
        }

    def _source(self, asking: Asking, at_hand: ExitStack) -> Source | None:
        if asking.picture is None:
            return None
        picture = asking.picture
        path = at_hand.enter_context(self._blobs.at_hand(picture.sha256))
        return Source(path, picture.name, picture.media_type, picture.size_bytes)

    def _sound(self, answer: Asked) -> Asked:
        """The answer without what is no vector, which broken weights may make: it would fail its search."""
        sound: list[Vector] = []
        warnings = list(answer.warnings)
        for vector in answer.vectors:
            try:
                check_values(vector.space, vector.values)
            except BadVector as error:
                warnings.append(BY_WORDS.format(self._why(error)))
            else:
                sound.append(vector)
        return Asked(sound, tuple(warnings))


def _why_unseen(unseen: Mapping[Path, str], path: Path) -> tuple[str, ...]:
    return (unseen[path],) if path in unseen else ()
