"""fusion.describe brings together what other jobs heard, saw and read, and what stands in documents."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError
from support.answer_servers import Script, serving
from support.house import HeldJobs

from pipelines.contract import AnswerServer, Part, PartKind, Source
from pipelines.errors import EngineUnavailable, PipelineError
from pipelines.fusion.describe import WHAT_THEY_TELL, DescribeParams
from pipelines.house import AwaitsChildren, Product
from pipelines.standalone import run_pipeline, standalone_context

BOX = {"x": 10, "y": 20, "width": 300, "height": 40}
HARBOUR = "The harbour of Ardal opened in 1871. Its gate is locked at ten. Mr. Olsen keeps the keys. It is cold there."
HEARD = Product(
    "heard",
    "audio.transcribe",
    "succeeded",
    {},
    [Part(PartKind.SEGMENT, {"start_s": 61.0, "end_s": 65.5, "text": "The code is three one four two."})],
    {"language": "en"},
    warnings=("PocketSphinx stood in for Whisper",),
)
READ = Product(
    "read",
    "image.read",
    "succeeded",
    {},
    [Part(PartKind.LINE, {"text": "Gate closed at night", "confidence": 0.9, "box": BOX, "page": 1})],
    {},
)
SEEN = Product(
    "seen",
    "image.analyze",
    "succeeded",
    {},
    [Part(PartKind.LABELS, {"labels": [{"label": "gate", "score": 0.93}, {"label": "boat", "score": 0.01}]})],
    {"faces": [], "codes": []},
)
MADE = {product.pipeline: product for product in (HEARD, READ, SEEN)}


@pytest.fixture
def files(tmp_path):
    """Sources by name; what sound and pictures hold does not matter here."""

    def make(*names):
        kinds = {"wav": "audio/wav", "png": "image/png", "txt": "text/plain"}
        for name in names:
            (tmp_path / name).write_text(HARBOUR if name.endswith(".txt") else "...")
        return [Source(tmp_path / name, name, kinds[name[-3:]], (tmp_path / name).stat().st_size) for name in names]

    return make


@pytest.fixture
def describe(tmp_path):
    """A function that has sources described, by the server at ``url`` if there is one."""

    def run(sources, jobs=None, url="", **params):
        workdir = tmp_path / "work"
        workdir.mkdir(exist_ok=True)
        here = replace(standalone_context(workdir), jobs=jobs or ended())
        if url:
            here = replace(here, answer_server=AnswerServer(url, "tiny-chat"))
        return run_pipeline("fusion.describe", sources, params, here)

    return run


def ended(**changed):
    """Jobs whose children have ended: as ``MADE``, but for the ``changed`` ones."""
    return HeldJobs({**MADE, **{product.pipeline: product for product in changed.values()}}, asked=[None] * 99)


def failed(product, message="there is no sound in it"):
    return replace(product, state="failed", parts=(), error={"code": "no_audio", "message": message})


def test_sound_and_pictures_are_asked_of_others_and_documents_of_nobody(describe, files):
    jobs = HeldJobs(MADE)

    with pytest.raises(AwaitsChildren):
        describe(files("call.wav", "gate.png", "notes.txt"), jobs, size="small", language="de", script="latin")

    assert [(one.pipeline, list(one.sources)) for one in jobs.asked] == [
        ("audio.transcribe", [0]),
        ("image.read", [1]),
        ("image.analyze", [1]),
    ]
    assert jobs.asked[0].params == {"size": "small", "language": "de"}
    assert jobs.asked[1].params["script"] == "latin"


def test_the_model_is_shown_every_file_with_its_places(describe, files):
    with serving(Script(["3142 ", "[1]."])) as script:
        describe(files("call.wav", "gate.png", "notes.txt"), url=script.url, question="Which code?")

    shown = script.asked[0]["messages"][-1]["content"]
    assert "[1] (call.wav, 1:01 to 1:05)\nThe code is three one four two." in shown
    assert "(gate.png, page 1)\nGate closed at night" in shown
    assert "gate (93%)." in shown
    assert "(notes.txt)\nThe harbour of Ardal opened in 1871." in shown
    assert shown.endswith("Question: Which code?")


def test_citations_lead_to_second_box_and_characters(describe, files):
    with serving(Script(["It is 3142 [1]. Closed [2], a gate [3], at ten [4]."])) as script:
        finished = describe(files("call.wav", "gate.png", "notes.txt"), url=script.url, question="Which code?")

    heard, read, seen, written = finished.result.body["citations"]
    assert (heard["source"], heard["name"], heard["start_s"], heard["end_s"]) == (0, "call.wav", 61.0, 65.5)
    assert (read["source"], read["box"], read["job_id"]) == (1, BOX, "read")
    assert (seen["source"], seen["kind"]) == (1, "labels")
    assert (written["source"], written["start"], written["end"]) == (2, 0, len(HARBOUR))
    assert finished.output("answer.md").path.read_text().startswith("It is 3142 [1].")
    assert "[1] call.wav, 1:01 to 1:05" in finished.output("answer.md").path.read_text()
    assert "".join(part.body["text"] for part in finished.parts) == finished.result.body["answer"]


def test_what_the_model_was_shown_is_an_output(describe, files):
    with serving(Script(["Well."])) as script:
        finished = describe(files("call.wav", "notes.txt"), url=script.url)

    shown = json.loads(finished.output("context.json").path.read_text())
    assert shown["question"] == WHAT_THEY_TELL
    assert [piece["name"] for piece in shown["pieces"]] == ["call.wav", "notes.txt"]
    assert shown["pieces"][0]["text"] == "The code is three one four two."


def test_without_a_model_each_file_has_a_section_of_its_own_words(describe, files):
    finished = describe(files("call.wav", "gate.png", "notes.txt"), question="When is the gate locked?")

    sections = finished.result.body["answer"].split("### ")[1:]
    assert [section.partition("\n")[0] for section in sections] == ["call.wav", "gate.png", "notes.txt"]
    assert "“Its gate is locked at ten.” [" in sections[2]
    assert len(finished.result.body["citations"]) == 1 + 2 + 3
    assert finished.result.engine.name == "extractive"
    assert any("no language model wrote an answer" in warning for warning in finished.result.warnings)


def test_a_brief_without_a_question_quotes_the_beginnings(describe, files):
    finished = describe(files("notes.txt"))

    quoted = [citation["text"] for citation in finished.result.body["citations"]]
    assert quoted == ["The harbour of Ardal opened in 1871.", "Its gate is locked at ten.", "Mr. Olsen keeps the keys."]
    assert finished.result.engine.model == "the first sentences of each file"


def test_a_file_that_fails_is_told_and_the_others_go_on(describe, files):
    finished = describe(files("call.wav", "notes.txt"), ended(heard=failed(HEARD)))

    assert "'call.wav' could not be used by audio.transcribe: there is no sound in it" in finished.result.warnings
    assert {citation["name"] for citation in finished.result.body["citations"]} == {"notes.txt"}


def test_a_silent_file_is_told(describe, files):
    finished = describe(files("call.wav", "notes.txt"), ended(heard=replace(HEARD, parts=(), warnings=())))

    assert "Nothing is said, shown or written in 'call.wav'." in finished.result.warnings


def test_warnings_of_the_others_are_told_with_the_files_name(describe, files):
    finished = describe(files("call.wav"))

    assert "call.wav: PocketSphinx stood in for Whisper" in finished.result.warnings


def test_it_fails_where_no_file_can_be_used(describe, files):
    nothing = ended(heard=failed(HEARD), read=failed(READ, "it is broken"), seen=failed(SEEN, "it is broken"))

    with pytest.raises(PipelineError, match=r"'call.wav' .* no sound in it; 'gate.png' .* it is broken") as caught:
        describe(files("call.wav", "gate.png"), nothing)

    assert caught.value.code == "no_content"


def test_a_model_that_is_wanted_and_not_there_is_told_before_anything_is_asked(describe, files):
    jobs = HeldJobs(MADE)

    with pytest.raises(EngineUnavailable, match="TRIPTYCH_ANSWER_URL"):
        describe(files("call.wav"), jobs, engine="openai-compatible")

    assert jobs.asked == []


def test_no_more_pieces_than_asked_are_shown_and_each_file_keeps_one(describe, files, tmp_path):
    sources = files("call.wav", "notes.txt")
    (tmp_path / "notes.txt").write_text("\n\n".join(f"Boat {n} was painted green. " * 12 for n in range(60)))

    with serving(Script(["Well."])) as script:
        finished = describe(sources, url=script.url, passages=20, question="Which boats are green?")

    shown = json.loads(finished.output("context.json").path.read_text())["pieces"]
    assert len(shown) == finished.result.body["pieces"]["shown"] == 20
    assert shown[0]["name"] == "call.wav"
    assert [piece["start"] for piece in shown[1:]] == sorted(piece["start"] for piece in shown[1:])


def test_a_language_that_the_model_does_not_know_is_refused_at_the_door():
    with pytest.raises(ValidationError, match=r"base\.en knows English only"):
        DescribeParams(size="base.en", language="de")
