"""What the files of a conversation say: short documents are read here, all else by jobs on their own lanes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pipelines.contract import Context, JsonObject, Part, PartKind, Source
from pipelines.dialogue.documents import is_long, read_before, read_here
from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.joining import PIECE_CHARACTERS, joined
from pipelines.errors import BadInput
from pipelines.house import MemoryKind, Modality, Product, Turn, Wanted
from pipelines.media.media_types import Kind, kind_of
from pipelines.text.read import READ_TEXT

TRANSCRIBE, READ, ANALYZE = "audio.transcribe", "image.read", "image.analyze"
LIKELY = 0.05  # a label that is less so tells nothing


@dataclass(frozen=True, slots=True)
class Attached:
    """What was found in the sources, in their order; ``spoken`` is all that is said in each recording, by its place.

    Of a recording each segment is a piece, until ``joined``. ``notes`` are warnings, by the place of the source that
    they are about.
    """

    evidence: Sequence[Evidence] = ()
    spoken: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be told of all the sources."""
        return self.warnings_of(sorted(self.notes))

    def warnings_of(self, places: Sequence[int]) -> tuple[str, ...]:
        """What is to be told of these sources."""
        return tuple(dict.fromkeys(warning for place in places for warning in self.notes.get(place, ())))

    def said_in(self, turn: Turn) -> str:
        """What is said in the recordings of a message."""
        return " ".join(self.spoken.get(place, "") for place in turn.files).strip()

    def beside(self, turns: Sequence[Turn]) -> list[Evidence]:
        """The evidence but for that of recordings which are messages themselves: what they say stands in ``turns``."""
        messages = {place for turn in turns if turn.text == self.said_in(turn) for place in turn.files}
        return joined([one for one in self.evidence if one.source not in messages & self.spoken.keys()])


def look_into(
    sources: Sequence[Source],
    file_ids: Sequence[str | None],
    context: Context,
    asked: Mapping[str, JsonObject] = MappingProxyType({}),
    known: Mapping[int, Sequence[str]] = MappingProxyType({}),
    first: Sequence[int] = (),
    *,
    only: Sequence[int] | None = None,
    remember: bool = True,
) -> Attached:
    """Read every source, or have it heard or seen. What cannot be is told as a warning.

    ``file_ids`` are theirs, where they have any; ``asked`` are params, by the pipeline that is to heed them. ``known``
    are jobs that found something in a source before, by its place, and need not be asked for again. Those of which that
    cannot be come ``first``: what is asked of others must begin in each run as it did in the one before. ``remember``:
    whether what they find becomes memories. ``only``: the places of those to be looked into, all of them where it is
    None. Raises AwaitsChildren while the jobs that find the rest have not ended.
    """
    if not sources:
        return Attached()
    context.progress(None, "looking into the attached files")
    looking = _Looking(sources, file_ids, context, asked, known, remember=remember)
    places = range(len(sources)) if only is None else only
    for place in [*first, *(place for place in places if place not in first)]:
        context.check()
        looking.take(place)
    looking.ask_children()
    found = looking.found
    evidence = [replace(piece, source=place) for place in sorted(found) for piece in found[place]]
    return Attached(evidence, looking.spoken, looking.notes)


class _Looking:
    """Sorts sources into what is read here, what is known, and what others are asked for."""

    def __init__(
        self,
        sources: Sequence[Source],
        file_ids: Sequence[str | None],
        context: Context,
        asked: Mapping[str, JsonObject],
        known: Mapping[int, Sequence[str]],
        *,
        remember: bool,
    ) -> None:
        self._sources = sources
        self._file_ids = file_ids
        self._context = context
        self._asked = asked
        self._known_jobs = known
        self._remember = remember
        self._wanted: list[Wanted] = []
        self.found: dict[int, list[Evidence]] = {}
        self.spoken: dict[int, str] = {}
        self.notes: dict[int, list[str]] = {}

    def take(self, place: int) -> None:
        """Read the source here where it is a short document; want it to be looked into by others where it is not."""
        source = self._sources[place]
        kind = kind_of(source.media_type)
        if kind is Kind.SOUND:
            self._want(place, TRANSCRIBE, {})
        elif kind is Kind.PICTURE:
            self._want(place, READ, {"boxes": False})
            self._want(place, ANALYZE, {})
        elif is_long(source):
            self._want(place, READ_TEXT, {})
        else:
            self._read(place)

    def ask_children(self) -> None:
        """Have the others do what they are wanted for, and take what they made: a scan is then wanted to be read."""
        taken = 0
        while taken < len(self._wanted):
            asked = list(self._wanted)
            for wanted, product in list(zip(asked, self._context.jobs.children(asked), strict=True))[taken:]:
                self._take_asked(wanted.sources[0], product)
            taken = len(asked)

    def _want(self, place: int, pipeline: str, params: JsonObject) -> None:
        for product in self._known(place):
            if product.pipeline == pipeline:
                with suppress(BadInput):  # what it wrote is gone: another has it still, or is asked for it anew
                    self._take_in(place, product)
                    return
        asked = {**params, **self._asked.get(pipeline, {})}
        self._wanted.append(Wanted(pipeline, asked, [place], self._remember))

    def _known(self, place: int) -> Iterator[Product]:
        """What was found in the source before, as far as it is still there."""
        for job_id in self._known_jobs.get(place, ()):
            with suppress(BadInput):
                yield self._context.jobs.product(job_id)

    def _read(self, place: int) -> None:
        source = self._sources[place]
        try:
            self.found[place], warnings = read_here(source, self._file_ids[place], self._context.check)
        except BadInput as error:
            self._warn(place, f"{source.name!r} could not be read: {error.message}")
            return
        self._warn(place, *(f"{source.name}: {warning}" for warning in warnings))

    def _take_asked(self, place: int, product: Product) -> None:
        try:
            self._take_in(place, product)
        except BadInput as error:
            self._warn(place, error.message)

    def _take_in(self, place: int, product: Product) -> None:
        """Take what the job made. Raises BadInput, having taken nothing, where what it wrote is gone."""
        name = self._sources[place].name
        if product.state != "succeeded":
            why = product.error["message"] if product.error else f"it was {product.state}"
            self._warn(place, f"{name!r} could not be used by {product.pipeline}: {why}")
            return
        made = list(self._made(place, product))
        self._warn(place, *(f"{name}: {warning}" for warning in product.warnings))
        self.found.setdefault(place, []).extend(made)
        if product.pipeline == READ_TEXT and not self.found[place]:
            self._want(place, READ, {"boxes": False})

    def _made(self, place: int, product: Product) -> Iterator[Evidence]:
        name, file_id = self._sources[place].name, self._file_ids[place]
        if product.pipeline == TRANSCRIBE:
            self.spoken[place] = " ".join(str(part.body["text"]).strip() for part in _of(product, PartKind.SEGMENT))
            yield from _segments(product, name, file_id)
        elif product.pipeline == READ_TEXT:
            yield from read_before(product, name, file_id)
        elif product.pipeline == READ:
            yield from _lines(product, name, file_id)
        elif text := _seen(product):
            yield Evidence(text, name, MemoryKind.LABELS, Modality.IMAGE, file_id=file_id, job_id=product.job_id)

    def _warn(self, place: int, *warnings: str) -> None:
        self.notes.setdefault(place, []).extend(warnings)


def _segments(product: Product, name: str, file_id: str | None) -> Iterator[Evidence]:
    """What is said, with the seconds of it."""
    for part in _of(product, PartKind.SEGMENT):
        place = {"start_s": part.body["start_s"], "end_s": part.body["end_s"]}
        text = str(part.body["text"]).strip()
        yield Evidence(text, name, MemoryKind.SEGMENT, Modality.AUDIO, place, file_id=file_id, job_id=product.job_id)


def _lines(product: Product, name: str, file_id: str | None) -> Iterator[Evidence]:
    """What is read in a picture, a few lines of a page together, with the box around them."""
    lines = list(_of(product, PartKind.LINE))
    for page in sorted({int(line.body["page"]) for line in lines}):
        for some in _together([line for line in lines if line.body["page"] == page]):
            text = "\n".join(str(part.body["text"]) for part in some)
            place = {"box": _around([part.body["box"] for part in some]), "page": page}
            yield Evidence(text, name, MemoryKind.LINE, Modality.IMAGE, place, file_id=file_id, job_id=product.job_id)


def _together(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Neighbours, up to ``PIECE_CHARACTERS``."""
    some: list[Part] = []
    length = 0
    for part in parts:
        length += len(str(part.body["text"]))
        if some and length > PIECE_CHARACTERS:
            yield some
            some, length = [], len(str(part.body["text"]))
        some.append(part)
    if some:
        yield some


def _around(boxes: Sequence[JsonObject]) -> JsonObject:
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right, bottom = max(box["x"] + box["width"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _seen(product: Product) -> str:
    """What a picture shows, in words."""
    labels = [label for part in _of(product, PartKind.LABELS) for label in part.body["labels"]]
    said = [f"{label['label']} ({label['score']:.0%})" for label in labels if label["score"] >= LIKELY]
    faces, codes = product.result.get("faces", ()), product.result.get("codes", ())
    told = [f"The picture shows, by a classifier: {', '.join(said)}."] if said else []
    told += [f"Faces seen from the front: {len(faces)}."] if faces else []
    told += [f"{code['format']}: {code['text']}" for code in codes]
    return "\n".join(told)


def _of(product: Product, kind: PartKind) -> Iterator[Part]:
    return (part for part in product.parts if part.kind is kind)
