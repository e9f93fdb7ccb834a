"""Putting what several files tell on one axis of time, as far as they tell when they were recorded, and no further."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pipelines.contract import Context, JsonObject, Source
from pipelines.dialogue.evidence import Evidence, Happened
from pipelines.dialogue.joining import joined
from pipelines.house import MemoryKind
from pipelines.media.recorded_at import RecordedAt, recorded_at

NO_TIME = "it does not tell when it was recorded"
NOTHING_IN_IT = "nothing was found in it"
ALONE = "no other file tells a time that this one's can be compared with"
NO_ZONE = "its clock names no time zone, and those of the files that were aligned do"
ANY_ZONE = "its clock names a time zone, and those of the files that were aligned do not"
NOT_ALIGNED = "{!r} stands apart from the files that were aligned by time: {}. Say in time_zone what the clocks are of."


@dataclass(frozen=True, slots=True)
class Aligned:
    """Pieces in the order of what happened; ``told``: of each source when it was recorded and how it was aligned."""

    evidence: Sequence[Evidence]
    told: Sequence[JsonObject]
    warnings: Sequence[str] = ()


def align(found: Sequence[Evidence], sources: Sequence[Source], zone: timedelta | None, context: Context) -> Aligned:
    """Have the pieces of files that tell comparable times stand in the order of these, where the first such file stood.

    Each recording's pieces are cut where something of another file comes between. All others keep their file's place.
    ``zone``: what clocks that name none were ahead of UTC; None: as the others', if all that name one agree, else they
    are compared among themselves alone. It is never guessed when a file was recorded.
    """
    noted: list[RecordedAt | None] = []
    for source in sources:
        context.check()
        noted.append(recorded_at(source))
    heard = {piece.source for piece in found}
    times = _in_one_zone({place: at for place, at in enumerate(noted) if at is not None and place in heard}, zone)
    shared = _comparable(times)
    whys = [_why_not(place, noted[place], times, shared) for place in range(len(sources))]
    told = [_told(noted[place], times.get(place), zone, whys[place]) for place in range(len(sources))]
    apart = [place for place, why in enumerate(whys) if why in (NO_ZONE, ANY_ZONE)]
    warnings = [NOT_ALIGNED.format(sources[place].name, whys[place]) for place in apart]
    return Aligned(joined(_in_order(found, shared)), told, warnings)


def _in_one_zone(times: Mapping[int, RecordedAt], zone: timedelta | None) -> dict[int, RecordedAt]:
    """Clocks that name no zone as those of ``zone``, or as those of the one zone that the others name."""
    named = {at.ahead for at in times.values() if at.ahead is not None}
    if zone is None and len(named) == 1:
        [zone] = named
    return {place: at if zone is None else at.ahead_of_utc(zone) for place, at in times.items()}


def _comparable(times: Mapping[int, RecordedAt]) -> dict[int | None, RecordedAt]:
    """The most files whose times can be compared, those that name their zone where there are as many; none if one."""
    counted = Counter(at.names_zone for at in times.values())
    zoned = counted[True] >= counted[False]
    shared: dict[int | None, RecordedAt] = {place: at for place, at in times.items() if at.names_zone is zoned}
    return shared if len(shared) > 1 else {}


def _why_not(
    place: int, noted: RecordedAt | None, times: Mapping[int, RecordedAt], shared: Mapping[int | None, RecordedAt]
) -> str | None:
    """Why a file was not aligned; None where it was."""
    if place in shared:
        return None
    if noted is None:
        return NO_TIME
    if place not in times:
        return NOTHING_IN_IT
    if not shared:
        return ALONE
    return ANY_ZONE if times[place].names_zone else NO_ZONE


def _told(noted: RecordedAt | None, at: RecordedAt | None, zone: timedelta | None, why_not: str | None) -> JsonObject:
    """How a file was aligned. ``recorded_at``: in UTC where its time ends in Z; ``zone``: who told that."""
    time, by = at or noted, None
    if time is not None and time.names_zone:
        by = "the file" if noted and noted.names_zone else "the other files" if zone is None else "time_zone"
    return {
        "recorded_at": time and time.time.isoformat().replace("+00:00", "Z"),
        "recorded_by": time and time.sign.value,
        "zone": by,
        "aligned": "not at all" if why_not else "by its recorded time",
        "why_not": why_not,
    }


def _in_order(found: Sequence[Evidence], shared: Mapping[int | None, RecordedAt]) -> list[Evidence]:
    """The pieces that happened at some time by that, where the first file of them stands; the others by their files."""
    timed = [(_happened(piece, at), piece) for piece in found if (at := shared.get(piece.source)) is not None]
    line = [replace(piece, happened=happened) for happened, piece in sorted(timed, key=lambda both: both[0].begin)]
    before = next((place for place, piece in enumerate(found) if piece.source in shared), len(found))
    others = [piece for piece in found[before:] if piece.source not in shared]
    return [*found[:before], *line, *others]


def _happened(piece: Evidence, at: RecordedAt) -> Happened:
    if piece.kind is not MemoryKind.SEGMENT:
        return Happened(at.time, at.time)
    begin, end = (at.time + timedelta(seconds=float(piece.place[name])) for name in ("start_s", "end_s"))
    return Happened(begin, end)
