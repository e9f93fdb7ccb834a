"""Transcripts as memories: each sentence at the second at which it was said."""

import json
from collections.abc import Sequence
from pathlib import Path

from support.kept_in_memory import a_product

from pipelines.contract import PartKind, Source
from pipelines.house import Memory, MemoryKind, Modality, Product
from pipelines.memory.said import segments_of

TALK = Source(Path("talk"), "keynote_rome-2024.mp3", "audio/mpeg", 1)


def transcript(*said: tuple[float, float, str]) -> Product:
    parts = [(PartKind.SEGMENT, {"start_s": start, "end_s": end, "text": text}) for start, end, text in said]
    return a_product("audio.transcribe", parts, {"language": "en"})


def heard(product: Product, source: Source = TALK) -> Sequence[Memory]:
    return [memory for memory in segments_of(product, source) if memory.kind is not MemoryKind.TITLE]


def test_sentence_keeps_the_seconds_at_which_it_was_said() -> None:
    product = transcript((0, 4.5, "The harbour opens at seven."), (4.5, 8.25, "Nobody may moor there before that."))

    memories = heard(product)

    assert [(one.text, one.place, one.position) for one in memories] == [
        ("The harbour opens at seven.", {"start_s": 0, "end_s": 4.5}, 0),
        ("Nobody may moor there before that.", {"start_s": 4.5, "end_s": 8.25}, 4.5),
    ]
    assert {(one.kind, one.modality, one.language) for one in memories} == {(MemoryKind.SEGMENT, Modality.AUDIO, "en")}


def test_word_or_two_are_joined_with_what_is_said_next() -> None:
    product = transcript((0, 1, "Well,"), (1.2, 2, "you know,"), (2.1, 6, "bees sleep at night, too."), (6, 7, "Yes."))

    memories = heard(product)

    assert [(one.text, one.place["start_s"], one.place["end_s"]) for one in memories] == [
        ("Well, you know, bees sleep at night, too.", 0, 6),
        ("Yes.", 6, 7),
    ]


def test_words_behind_a_pause_are_a_memory_of_their_own() -> None:
    product = transcript((0, 1, "Seven."), (30, 31, "Eight."))

    memories = heard(product)

    assert [(one.text, one.place["start_s"]) for one in memories] == [("Seven.", 0), ("Eight.", 30)]


def test_sentence_without_spaces_is_no_single_word() -> None:
    product = transcript((0, 2, "港は七時に開きます。"), (2, 4, "その前は入れません。"))

    memories = heard(product)

    assert [one.text for one in memories] == ["港は七時に開きます。", "その前は入れません。"]


def test_speakers_are_named_and_never_joined(tmp_path: Path) -> None:
    said = [("S1", 0, "Ready?"), ("S2", 1, "Ready."), ("S2", 2, "Go on, please, all of you.")]
    segments = [{"start_s": at, "end_s": at + 1, "text": text, "speaker": speaker} for speaker, at, text in said]
    path = tmp_path / "blob"
    path.write_text(json.dumps({"segments": segments}))
    parts = [(PartKind.SEGMENT, {"start_s": 0, "end_s": 3, "text": "Ready? Ready. Go on, please, all of you."})]
    result = {"language": "en", "speakers": ["S1", "S2"]}
    product = a_product("audio.transcribe", parts, result, outputs={"transcript.json": path})

    memories = heard(product)

    assert [(one.place["speaker"], one.text) for one in memories] == [
        ("S1", "Ready?"),
        ("S2", "Ready. Go on, please, all of you."),
    ]


def test_name_of_a_recording_is_remembered_by_its_words() -> None:
    [title] = segments_of(transcript(), TALK)

    assert (title.kind, title.text, title.place) == (MemoryKind.TITLE, "keynote rome 2024", {})
