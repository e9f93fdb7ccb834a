"""A transcript in which it is known who speaks, in every form it is handed out in."""

import json

import pytest

from pipelines.contract import EngineUsed
from pipelines.media.subtitles import Layout
from pipelines.media.transcript import Segment, Transcript, write_transcript

PRINTER = EngineUsed("voice-prints", "resnet")
SEGMENTS = [
    Segment(0.0, 2.0, "Who is <there>?", 0.9, speaker="S1"),
    Segment(2.0, 4.0, "I asked you.", 0.8, speaker="S1"),
    Segment(4.5, 6.0, "Nobody.", 0.7, speaker="S2"),
    Segment(9.0, 9.5, "Hm."),
]


@pytest.fixture
def files(tmp_path):
    """The content of each form of ``segments``, by its suffix."""

    def files(segments, told_apart_by=PRINTER):
        transcript = Transcript("en", 10.0, EngineUsed("ctranslate2", "base"), segments, told_apart_by)
        return {one.path.suffix: one.path.read_text() for one in write_transcript(transcript, tmp_path, Layout())}

    return files


def test_json_names_speakers_and_who_told_them_apart(files):
    told = json.loads(files(SEGMENTS)[".json"])

    assert told["speakers"] == ["S1", "S2"]
    assert told["told_apart_by"] == {"name": "voice-prints", "model": "resnet"}
    assert [segment.get("speaker") for segment in told["segments"]] == ["S1", "S1", "S2", None]


def test_text_begins_each_turn_with_a_name_behind_an_empty_line(files):
    assert files(SEGMENTS)[".txt"] == "S1: Who is <there>?\nI asked you.\n\nS2: Nobody.\nHm.\n"


def test_webvtt_tells_voices(files):
    cues = files(SEGMENTS)[".vtt"].split("\n\n")[1:-1]

    assert [cue.partition("\n")[2] for cue in cues] == [
        "<v S1>Who is &lt;there&gt;?",
        "<v S1>I asked you.",
        "<v S2>Nobody.",
        "Hm.",
    ]


def test_srt_begins_each_turn_with_a_name_and_keeps_to_its_lines(files):
    full = Segment(0.0, 6.0, "Nobody was on the quay but the baker's boy", speaker="S1")  # 42 characters: one line

    cues = files([full, *SEGMENTS[2:]])[".srt"].split("\n\n")[:-1]

    assert [cue.split("\n")[2:] for cue in cues] == [
        ["S1: Nobody was on the", "quay but the baker's boy"],
        ["S2: Nobody."],
        ["Hm."],
    ]


def test_table_has_a_column_of_speakers(files):
    rows = [line.split(",") for line in files(SEGMENTS)[".csv"].splitlines()]

    assert [row[-1] for row in rows] == ["speaker", "S1", "S1", "S2", ""]


def test_forms_without_speakers_are_as_they_were(files):
    nameless = [Segment(0.0, 2.0, "Who is there?", 0.9), Segment(2.0, 4.0, "Nobody.", 0.8)]

    found = files(nameless, told_apart_by=None)

    assert set(json.loads(found[".json"])) == {"language", "duration_s", "engine", "segments"}
    assert found[".txt"] == "Who is there?\nNobody.\n"
    assert found[".csv"].splitlines()[0] == "start_s,end_s,confidence,text"
    assert "<v" not in found[".vtt"]
