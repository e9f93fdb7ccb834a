"""What is said in recordings is cited in pieces, and turns that people take in them stay."""

from datetime import UTC, datetime, timedelta

from pipelines.dialogue.evidence import Evidence, Happened
from pipelines.dialogue.joining import joined
from pipelines.house import MemoryKind, Modality

BEGAN = datetime(2026, 11, 27, 10, 3, tzinfo=UTC)


def said(text: str, source: int, begin_s: float, end_s: float, *, timed: bool = True) -> Evidence:
    happened = Happened(BEGAN + timedelta(seconds=begin_s), BEGAN + timedelta(seconds=end_s)) if timed else None
    place = {"start_s": begin_s, "end_s": end_s}
    return Evidence(text, f"{source}.wav", MemoryKind.SEGMENT, Modality.AUDIO, place, source=source, happened=happened)


def seen(text: str, source: int, at_s: float) -> Evidence:
    at = BEGAN + timedelta(seconds=at_s)
    return Evidence(text, f"{source}.jpg", MemoryKind.LINE, Modality.IMAGE, source=source, happened=Happened(at, at))


def texts(pieces: list[Evidence]) -> list[str]:
    return [piece.text for piece in pieces]


def test_neighbours_of_one_recording_are_one_piece_from_first_to_last_second() -> None:
    [piece] = joined([said("One.", 0, 0, 2), said("Two.", 0, 2, 4.5)])

    assert (piece.text, piece.place) == ("One. Two.", {"start_s": 0, "end_s": 4.5})
    assert piece.happened == Happened(BEGAN, BEGAN + timedelta(seconds=4.5))


def test_a_piece_is_no_longer_than_is_cited_together() -> None:
    pieces = joined([said("x" * 200, 0, n, n + 1, timed=False) for n in range(4)])

    assert [len(piece.text) for piece in pieces] == [401, 401]


def test_recordings_without_a_common_clock_are_not_mixed() -> None:
    pieces = joined([said("One.", 0, 0, 2, timed=False), said("A.", 1, 0, 2, timed=False)])

    assert texts(pieces) == ["One.", "A."]


def test_turns_that_two_recordings_take_stay() -> None:
    pieces = joined([said("Who is there?", 0, 0, 2), said("It is me.", 1, 3, 4), said("Come in.", 0, 5, 6)])

    assert texts(pieces) == ["Who is there?", "It is me.", "Come in."]


def test_two_recordings_of_one_speech_are_joined_each() -> None:
    one = [said(f"{n}.", 0, n, n + 1) for n in range(3)]
    other = [said(f"{n}!", 1, n + 0.2, n + 1.2) for n in range(3)]

    pieces = joined(sorted(one + other, key=lambda piece: float(piece.place["start_s"])))

    assert texts(pieces) == ["0. 1. 2.", "0! 1! 2!"]


def test_a_picture_stands_behind_what_was_said_when_it_was_taken() -> None:
    pieces = joined([said("Look.", 0, 0, 2), seen("A gate", 1, 1), said("Shut.", 0, 2, 3)])

    assert texts(pieces) == ["Look.", "A gate", "Shut."]
