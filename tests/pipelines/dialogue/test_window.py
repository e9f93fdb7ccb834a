"""As much of a conversation is sent as a model's window holds, and the newest and most relevant of it."""

import pytest

from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.window import Said, Wished, cost_of, fit, shortened, tokens
from pipelines.house import MemoryKind, Modality


def said(number, role="user", words=50):
    return Said(f"m{number}", role, f"turn {number} " + "word " * words)


def talk(count, words=50):
    return [said(number, "user" if number % 2 == 0 else "assistant", words) for number in range(count)]


def piece(number, words=30):
    return Evidence(f"piece {number} " + "word " * words, "a.txt", MemoryKind.PASSAGE, Modality.TEXT)


def wished(question="Why?", evidence=(), summary="", turns=()):
    return Wished("Be kind.", question, evidence, summary, turns)


def cost(fitting):
    turns = sum(tokens(turn.text) for turn in fitting.turns)
    return tokens(fitting.question) + tokens(fitting.summary) + turns + sum(map(cost_of, fitting.evidence))


def as_they_are(pieces):
    return pieces


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The harbour of Ardal opened in 1871.", 9, 12),
        ("Гавань открылась.", 8, 9),
        ("港は千八百七十一年に開かれた", 14, 14),
        ("", 0, 0),
    ],
)
def test_tokens_are_estimated_by_the_script(text, least, most):
    assert least <= tokens(text) <= most


def test_everything_is_sent_where_there_is_room():
    turns, evidence = talk(4), [piece(1), piece(2)]

    fitting = fit(wished(evidence=evidence, summary="Before.", turns=turns), 8192, as_they_are)

    assert (fitting.turns, fitting.evidence, fitting.summary, fitting.older) == (turns, evidence, "Before.", [])
    assert fitting.warnings == ()


def test_latest_turns_are_sent_from_a_question_on_and_the_others_told_as_older():
    turns = talk(41)

    fitting = fit(wished(turns=turns), 2048, as_they_are)

    assert [*fitting.older, *fitting.turns] == turns
    assert fitting.turns[0].role == "user"
    assert 2 < len(fitting.turns) < 20


def test_room_is_left_for_the_turns_to_come_once_some_do_not_fit():
    turns = talk(40)
    first = fit(wished(turns=turns), 2048, as_they_are)

    again = fit(wished(summary="Short.", turns=[*first.turns, *talk(2)]), 2048, as_they_are)

    assert again.older == []


def test_most_relevant_evidence_is_sent_in_its_own_order():
    evidence = [piece(number, 100) for number in range(20)]

    fitting = fit(wished(evidence=evidence), 1500, lambda pieces: pieces[::-1])

    kept = [evidence.index(one) for one in fitting.evidence]
    assert kept == list(range(20 - len(kept), 20))
    assert 1 < len(kept) < 20


@pytest.mark.parametrize("window_tokens", [1024, 2048, 8192])
def test_what_is_sent_leaves_room_for_the_answer(window_tokens):
    everything = wished("word " * 6000, [piece(n, 80) for n in range(40)], "summary " * 4000, talk(60))

    fitting = fit(everything, window_tokens, as_they_are)

    assert cost(fitting) + fitting.answer_tokens < window_tokens
    assert fitting.answer_tokens >= 256
    assert "longer than the model's window" in fitting.warnings[0]


def test_shortened_text_keeps_its_beginning_and_its_end():
    text = "first " + "word " * 1000 + "last"

    short = shortened(text, 100)

    assert tokens(short) <= 100
    assert short.startswith("first")
    assert short.endswith("last")
    assert shortened(text, 0) == ""
