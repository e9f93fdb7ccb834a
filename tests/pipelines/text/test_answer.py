"""text.answer has a language model answer, or quotes and says so."""

from dataclasses import replace

import pytest
from pydantic import ValidationError
from support.answer_servers import KEY, Script, serving

from pipelines.catalogue import catalogue
from pipelines.contract import AnswerServer, PartKind, Source
from pipelines.errors import EngineUnavailable
from pipelines.standalone import run_pipeline, standalone_context

HARBOUR = (
    "The harbour of Ardal opened in 1871. It was paid for by herring merchants.\n\n" + "Bread is baked daily. " * 60
)
BEES = "Honey bees live in colonies. A queen bee lays two thousand eggs a day.\n\n" + "Ships sail by night. " * 60


def test_answer_comes_in_tokens_and_is_kept_whole(ask):
    with serving(Script(["It opened ", "in 1871."])) as script:
        finished = ask("When?", url=script.url)

    assert {part.kind for part in finished.parts} == {PartKind.TOKEN}
    assert "".join(part.body["text"] for part in finished.parts) == "It opened in 1871."
    assert finished.output("answer.md").path.read_text() == "It opened in 1871.\n"
    assert finished.result.body["usage"] == {"prompt_tokens": 7, "completion_tokens": 3}
    assert (finished.result.engine.name, finished.result.engine.model) == ("openai-compatible", "tiny-chat")
    assert not finished.result.warnings


def test_best_passages_are_sent_and_those_cited_are_told_with_their_places(ask):
    with serving(Script(["In 1871 [1]."])) as script:
        finished = ask("When did the harbour of Ardal open?", BEES, HARBOUR, url=script.url, passages=2)

    sent = script.asked[0]["messages"][1]["content"]
    (citation,) = finished.result.body["citations"]
    assert "opened in 1871" in sent
    assert len(finished.result.body["passages"]) == 2
    assert (citation["number"], citation["source"], citation["name"]) == (1, 1, "text1.txt")
    assert "opened in 1871" in HARBOUR[citation["start"] : citation["end"]]
    assert "[1] text1.txt" in finished.output("answer.md").path.read_text()


def test_citation_of_no_passage_is_warned_of(ask):
    with serving(Script(["Perhaps [9]."])) as script:
        finished = ask("When?", HARBOUR, url=script.url, passages=1)

    assert finished.result.body["citations"] == []
    assert "cites [9]" in finished.result.warnings[0]


def test_answer_that_was_cut_off_says_so(ask):
    with serving(Script(["It"], finish_reason="length")) as script:
        finished = ask("When?", url=script.url, max_tokens=1)

    assert script.asked[0]["max_tokens"] == 1
    assert "cut off at 1 tokens" in finished.result.warnings[0]


def test_answer_that_was_filtered_says_so(ask):
    with serving(Script(["It"], finish_reason="content_filter")) as script:
        finished = ask("When?", url=script.url)

    assert finished.result.body["finish_reason"] == "content_filter"
    assert "filter" in finished.result.warnings[0]


def test_without_a_server_sentences_are_quoted_and_called_excerpts(ask):
    finished = ask("When did the harbour of Ardal open?", BEES, HARBOUR)

    first = finished.result.body["citations"][0]
    assert HARBOUR[first["start"] : first["end"]] == "The harbour of Ardal opened in 1871."
    assert finished.parts[0].body["text"] == "The harbour of Ardal opened in 1871."
    assert finished.result.engine.name == "extractive"
    assert any("no server is configured" in warning for warning in finished.result.warnings)
    assert any("no language model wrote" in warning for warning in finished.result.warnings)


def test_sentences_about_something_else_are_not_quoted(ask):
    finished = ask("When did the harbour of Ardal open?", "The harbour of Ardal opened in 1871.", BEES)

    assert [part.body["text"] for part in finished.parts] == ["The harbour of Ardal opened in 1871."]


def test_what_had_to_be_guessed_of_a_document_is_told(tmp_path):
    guessed = tmp_path / "guessed.txt"
    guessed.write_bytes("Die Bücher stehen im Regal.".encode("cp1252"))
    source = Source(guessed, guessed.name, "text/plain", guessed.stat().st_size)

    finished = run_pipeline("text.answer", [source], {"question": "Wo?"}, standalone_context(tmp_path))

    assert finished.result.body["citations"][0]["name"] == "guessed.txt"
    assert any("Windows-1252" in warning for warning in finished.result.warnings)


def test_answer_that_stands_in_a_table_is_found(tmp_path, models):
    table = "# Ports\n\nBread is baked daily.\n\n| Port | Opened |\n|---|---|\n| Ardal | 1871 |\n| Vik | 1902 |\n"
    path = tmp_path / "ports.md"
    path.write_text(table)
    source = Source(path, path.name, "text/markdown", path.stat().st_size)

    finished = run_pipeline(
        "text.answer", [source], {"question": "When did Ardal open?"}, standalone_context(tmp_path, models=models)
    )

    first = finished.result.body["citations"][0]
    assert table[first["start"] : first["end"]] == "| Ardal | 1871 |"


def test_documents_in_a_language_that_is_compared_less_well_are_warned_of(ask):
    finished = ask("Wann?", "Die Bienen leben in großen Völkern und sammeln im Sommer Nektar.", HARBOUR)

    assert [warning for warning in finished.result.warnings if "'de'" in warning]
    assert not [warning for warning in ask("When?", HARBOUR).result.warnings if "trained on English" in warning]


def test_without_a_server_and_documents_nothing_is_made_up(ask):
    with pytest.raises(EngineUnavailable, match=r"TRIPTYCH_ANSWER_URL.*none was given"):
        ask("When?")


def test_server_without_a_model_says_where_to_name_one(tmp_path):
    context = replace(standalone_context(tmp_path), answer_server=AnswerServer("http://127.0.0.1:9/v1"))

    with pytest.raises(EngineUnavailable, match="TRIPTYCH_ANSWER_MODEL"):
        run_pipeline("text.answer", [], {"question": "When?"}, context)


def test_key_does_not_show_in_what_is_printed():
    assert KEY not in repr(AnswerServer("http://127.0.0.1:9/v1", "tiny-chat", KEY))


@pytest.mark.parametrize("params", [{}, {"question": ""}, {"question": "  "}, {"question": "?", "temperature": 3}])
def test_params_without_a_question_or_out_of_bounds_are_refused(params):
    with pytest.raises(ValidationError):
        catalogue()["text.answer"].params.model_validate(params)


def test_sampled_answer_is_never_reused():
    assert catalogue()["text.answer"].made_by is None
