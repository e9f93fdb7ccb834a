"""Files that tell when they were recorded are described along one axis of time, and no time is made up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.answer_servers import Script, serving
from support.house import HeldJobs
from support.recorded import film, photo, source_of

from pipelines.contract import AnswerServer, JsonObject, Part, PartKind, Source
from pipelines.house import Product, Wanted
from pipelines.standalone import Finished, run_pipeline, standalone_context

BOX = {"x": 1, "y": 2, "width": 3, "height": 4}
SAID = {
    "north.mp4": [(0.5, 2.0, "The train leaves."), (9.0, 11.0, "The doors are closing.")],
    "south.mp4": [(1.0, 3.0, "There it comes.")],
    "undated.mp4": [(0.0, 2.0, "Long ago.")],
}
NORTH, SOUTH = "2026-11-27T10:03:00Z", "2026-11-27T10:03:02Z"
Describe = Callable[..., Finished]


class NamedJobs(HeldJobs):
    """Children that heard what ``SAID`` has of their file, and read a picture's name in it."""

    def __init__(self, sources: Sequence[Source]) -> None:
        super().__init__({})
        self._sources = sources

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        return [self._made(one.pipeline, self._sources[one.sources[0]].name) for one in wanted]

    def _made(self, pipeline: str, name: str) -> Product:
        parts = []
        if pipeline == "audio.transcribe":
            parts = [
                Part(PartKind.SEGMENT, {"start_s": begin, "end_s": end, "text": text})
                for begin, end, text in SAID[name]
            ]
        elif pipeline == "image.read":
            parts = [Part(PartKind.LINE, {"text": f"It says {name}", "box": BOX, "page": 1})]
        return Product(f"{pipeline} of {name}", pipeline, "succeeded", {}, parts, {})


@pytest.fixture
def describe(tmp_path: Path) -> Describe:
    def run(sources: Sequence[Source], url: str = "", **params: Any) -> Finished:  # Any: JSON
        workdir = tmp_path / "work"
        workdir.mkdir()
        here = replace(standalone_context(workdir), jobs=NamedJobs(sources))
        if url:
            here = replace(here, answer_server=AnswerServer(url, "tiny-chat"))
        return run_pipeline("fusion.describe", sources, params, here)

    return run


def shown(finished: Finished) -> JsonObject:
    told: JsonObject = json.loads(finished.output("context.json").path.read_text())
    return told


def in_order(finished: Finished) -> list[str]:
    return [piece["text"] for piece in shown(finished)["pieces"]]


def an_event(folder: Path) -> list[Source]:
    """Two films of one event, a picture that was taken during it, one that nobody dated, and a note."""
    note = folder / "note.txt"
    note.write_text("The harbour opened in 1871.")
    return [
        source_of(note),
        film(folder / "north.mp4", creation_time=NORTH),
        photo(folder / "undated.jpg"),
        film(folder / "south.mp4", creation_time=SOUTH),
        photo(folder / "gate.jpg", DateTimeOriginal="2026:11:27 11:03:04", OffsetTimeOriginal="+01:00"),
    ]


def test_what_happened_at_the_same_time_stands_together(describe: Describe, tmp_path: Path) -> None:
    finished = describe(an_event(tmp_path))

    assert in_order(finished) == [
        "The harbour opened in 1871.",
        "The train leaves.",
        "There it comes.",
        "It says gate.jpg",
        "The doors are closing.",
        "It says undated.jpg",
    ]
    gate = shown(finished)["pieces"][3]
    assert gate["happened"] == {"begin": "2026-11-27T10:03:04.000Z", "end": "2026-11-27T10:03:04.000Z"}
    assert (gate["source"], gate["box"]) == (4, BOX)


def test_each_file_tells_how_it_was_aligned(describe: Describe, tmp_path: Path) -> None:
    sources = shown(describe(an_event(tmp_path)))["sources"]

    told = [(one["name"], one["aligned"], one["recorded_at"], one["recorded_by"]) for one in sources]
    assert told == [
        ("note.txt", "not at all", None, None),
        ("north.mp4", "by its recorded time", NORTH, "creation_time"),
        ("undated.jpg", "not at all", None, None),
        ("south.mp4", "by its recorded time", SOUTH, "creation_time"),
        ("gate.jpg", "by its recorded time", "2026-11-27T10:03:04Z", "DateTimeOriginal"),
    ]
    assert sources[2]["why_not"] == "it does not tell when it was recorded"


def test_a_brief_shows_the_timeline_with_the_files_and_their_times(describe: Describe, tmp_path: Path) -> None:
    answer = describe(an_event(tmp_path)).result.body["answer"]

    _, note, timeline, undated = answer.split("### ")
    assert timeline.split("\n\n")[:5] == [
        "What happened, in the order of time",
        "2026-11-27, by UTC",
        "**10:03:00 to 10:03:02** north.mp4: “The train leaves.” [2]",
        "**10:03:03 to 10:03:05** south.mp4: “There it comes.” [3]",
        "**10:03:04** gate.jpg: “It says gate.jpg” [4]",
    ]
    assert [section.partition("\n")[0] for section in (note, undated)] == ["note.txt", "undated.jpg"]


def test_a_model_is_told_the_times_and_what_they_mean(describe: Describe, tmp_path: Path) -> None:
    with serving(Script(["Well."])) as script:
        describe(an_event(tmp_path), script.url)

    system, asked = (message["content"] for message in script.asked[0]["messages"])
    assert "[2] (north.mp4, 0:00 to 0:02; 2026-11-27 10:03:00 to 10:03:02 by UTC)\nThe train leaves." in asked
    assert "they stand in the order of what happened" in system


def test_a_clock_of_no_zone_is_taken_to_be_as_those_of_the_files_that_name_one(
    describe: Describe, tmp_path: Path
) -> None:
    camera = photo(tmp_path / "camera.jpg", DateTimeOriginal="2026:11:27 11:03:08")

    finished = describe([*an_event(tmp_path), camera])

    assert in_order(finished)[4] == "It says camera.jpg"
    assert shown(finished)["sources"][-1]["zone"] == "the other files"


def test_a_clock_of_no_zone_is_aligned_by_the_zone_that_is_given(describe: Describe, tmp_path: Path) -> None:
    sources = [film(tmp_path / "north.mp4", creation_time=NORTH)]
    sources.append(photo(tmp_path / "camera.jpg", DateTimeOriginal="2026:11:27 05:03:05"))

    finished = describe(sources, time_zone="-05:00")

    assert in_order(finished) == ["The train leaves.", "It says camera.jpg", "The doors are closing."]
    assert shown(finished)["sources"][1]["zone"] == "time_zone"


def test_clocks_that_cannot_be_compared_are_not_and_it_says_so(describe: Describe, tmp_path: Path) -> None:
    sources = [film(tmp_path / name, creation_time=at) for name, at in (("north.mp4", NORTH), ("south.mp4", SOUTH))]
    sources.append(photo(tmp_path / "camera.jpg", DateTimeOriginal="2026:11:27 10:03:02"))

    finished = describe(sources)

    assert in_order(finished)[-1] == "It says camera.jpg"
    camera = shown(finished)["sources"][2]
    assert (camera["aligned"], camera["recorded_at"]) == ("not at all", "2026-11-27T10:03:02")
    assert any(
        "'camera.jpg' stands apart" in warning and "time_zone" in warning for warning in finished.result.warnings
    )


def test_clocks_of_no_zone_are_compared_among_themselves(describe: Describe, tmp_path: Path) -> None:
    later = photo(tmp_path / "later.jpg", DateTimeOriginal="2026:11:27 10:03:09")
    sooner = photo(tmp_path / "sooner.jpg", DateTimeOriginal="2026:11:27 10:03:02")

    finished = describe([later, sooner])

    assert in_order(finished) == ["It says sooner.jpg", "It says later.jpg"]
    assert "2026-11-27, by the files' clocks" in finished.result.body["answer"]


def test_files_without_times_stand_file_by_file(describe: Describe, tmp_path: Path) -> None:
    alone = [film(tmp_path / "north.mp4", creation_time=NORTH), film(tmp_path / "undated.mp4")]

    finished = describe(alone)

    assert in_order(finished) == ["The train leaves.", "The doors are closing.", "Long ago."]
    assert {one["aligned"] for one in shown(finished)["sources"]} == {"not at all"}
    assert "happened" not in shown(finished)["pieces"][0]
