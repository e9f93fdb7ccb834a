"""The corpus whose answers are known."""

from collections import Counter

import pytest

from bench.corpus import EXACT, LANGUAGES, Corpus, Sort, made_corpus, read_wordings


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return made_corpus(7, 100)


def test_corpus_has_thousands_of_passages_and_hundreds_of_questions_of_each_sort(corpus: Corpus) -> None:
    sorts = Counter(question.sort for question in corpus.questions)

    assert len(corpus.passages) > 3000
    assert all(count > 100 for count in sorts.values())
    assert {question.language for question in corpus.questions} == set(LANGUAGES)


def test_every_passage_can_be_told_from_all_others(corpus: Corpus) -> None:
    assert len({passage.text for passage in corpus.passages}) == len(corpus.passages)


def test_each_question_has_one_exact_passage_and_the_rest_of_its_document(corpus: Corpus) -> None:
    for question in corpus.questions:
        [exact] = [number for number, grade in question.grades.items() if grade == EXACT]
        documents = {corpus.passages[number].document for number in question.grades}

        assert documents == {corpus.passages[exact].document}
        assert (len(question.grades) == 1) == (question.sort is Sort.NAMES)


def test_question_for_a_name_or_a_number_has_it_from_its_passage_alone(corpus: Corpus) -> None:
    for question in corpus.questions:
        if question.sort is Sort.NAMES:
            [exact] = question.grades
            rare = [word for word in question.text.rstrip(" ?").split() if word[0].isupper() or word[0].isdigit()]
            told = " ".join(rare[-2:]) if rare[-1].isalpha() else rare[-1]

            assert [one.number for one in corpus.passages if told in one.text] == [exact]


@pytest.mark.parametrize("language", LANGUAGES)
def test_question_in_other_words_shares_none_that_tells_with_what_it_is_about(language: str) -> None:
    wordings = read_wordings(language)

    for statement, _, other in wordings.events:
        assert not _telling(statement) & _telling(other)
    for called, described in wordings.subjects:
        assert not _telling(called) & _telling(described)


def test_corpus_of_a_seed_is_the_same_each_time(corpus: Corpus) -> None:
    assert made_corpus(7, 100) == corpus
    assert made_corpus(8, 100) != corpus


FUNCTION_WORDS = {
    "after",
    "because",
    "dans",
    "depuis",
    "dort",
    "einem",
    "from",
    "nach",
    "para",
    "porque",
    "pour",
    "that",
}
FUNCTION_WORDS |= {"donde", "tras", "wegen", "where", "with"}


def _telling(wording: str) -> set[str]:
    """The words of more than three letters but those that every sentence may have."""
    words = {word.strip(".,:;?").casefold() for word in wording.replace("{S}", "").replace("'", " ").split()}
    return {word for word in words if len(word) > 3} - FUNCTION_WORDS
