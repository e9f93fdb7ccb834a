"""The vectors of memories, in every space that wants them: of texts by their meaning, of pictures by what they show."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.contract import Context, EngineUsed, Source
from pipelines.engines.embedding import Embedder
from pipelines.engines.picture_embedding import PictureEmbedder
from pipelines.errors import EngineUnavailable
from pipelines.house import Memory, MemoryKind, Space, SpaceKind, Vector
from pipelines.memory.models import Models, meanings, picture_models, sights, text_models

CHARACTERS_A_TOKEN = 4  # of English, where nobody can count
OF_PICTURES = frozenset({MemoryKind.PICTURE, MemoryKind.LABELS})


class Vectors:
    """Makes vectors by the models of the memory's spaces, each of which is loaded when it is first needed.

    ``unseen``: why pictures have no vector, by their paths.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._spaces: Sequence[Space] = ()
        self._text_models: Models[Embedder] | None = None
        self._picture_models: Models[PictureEmbedder] | None = None
        try:
            self._spaces = context.memory.spaces()
        except EngineUnavailable as error:
            self._text_models, self._picture_models = Models(warnings=[error.message]), Models()
        self.unseen: dict[Path, str] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Which vectors could not be made, of those that were needed, and why."""
        return tuple(dict.fromkeys(warning for models in self._needed() for warning in models.warnings))

    @property
    def used(self) -> EngineUsed:
        """Whose vectors they are: of texts, if there are any of these."""
        return next((models.used[0] for models in self._needed() if models.used), EngineUsed("none", "words alone"))

    def made_by(self) -> Mapping[str, Sequence[str]]:
        """The models whose vectors were made so far, by the kinds of spaces that were needed; JSON."""
        kinds = {SpaceKind.TEXT: self._text_models, SpaceKind.PICTURE: self._picture_models}
        return {kind: [space.model for space, _ in models.loaded] for kind, models in kinds.items() if models}

    def are_those_of(self, made_by: Mapping[str, Sequence[str]]) -> bool:
        """Whether every vector that is wanted now was made by a run that told this of itself."""
        return all(space.model in made_by.get(space.kind, [space.model]) for space in self._spaces)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How long texts are to the first model; about how long where there is none."""
        for _, model in self._of_texts().loaded:
            return model.count_tokens(texts)
        return [len(text) // CHARACTERS_A_TOKEN + 2 for text in texts]

    def of(self, wanted: Sequence[tuple[Memory, Source | None]]) -> list[list[Vector]]:
        """The vectors of each memory, which comes of the source beside it."""
        made: list[list[Vector]] = [[] for _ in wanted]
        worded = [place for place, (memory, _) in enumerate(wanted) if _has_meaning(memory)]
        pictures = {
            place: source for place, (memory, source) in enumerate(wanted) if source and memory.kind in OF_PICTURES
        }
        if worded:
            texts = [wanted[place][0].text for place in worded]
            for place, vectors in zip(worded, meanings(self._of_texts(), texts, self._context.check), strict=True):
                made[place] += vectors
        if pictures:
            distinct = {source.path: source for source in pictures.values()}
            seen = sights(self._of_pictures(), list(distinct.values()), self._context.check)
            self.unseen |= seen.unseen
            for place, source in pictures.items():
                made[place] += seen.vectors.get(source.path, [])
        return made

    def _of_texts(self) -> Models[Embedder]:
        if self._text_models is None:
            self._text_models = text_models(self._context, self._spaces)
        return self._text_models

    def _of_pictures(self) -> Models[PictureEmbedder]:
        if self._picture_models is None:
            self._picture_models = picture_models(self._context, self._spaces)
        return self._picture_models

    def _needed(self) -> list[Models[Embedder] | Models[PictureEmbedder]]:
        return [models for models in (self._text_models, self._picture_models) if models is not None]


def _has_meaning(memory: Memory) -> bool:
    """Names of files are looked for by their words: a word by itself is near to much."""
    return memory.kind not in (MemoryKind.PICTURE, MemoryKind.TITLE)
