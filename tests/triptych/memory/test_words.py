from triptych.memory.words import MAX_PHRASES, MAX_TERMS, Phrase, Term, entries, wanted


def words(question: str) -> list[str]:
    """What is looked for, a star behind beginnings, and phrases in quotation marks."""
    looked_for = wanted(question)
    phrases = [f'"{" ".join(phrase.words)}"' for phrase in looked_for.phrases]
    return [term.word + "*" * term.is_prefix for term in looked_for.terms] + phrases


def test_a_memory_is_found_by_its_words_and_other_stems() -> None:
    found_by = entries("Running houses", "en")

    assert [(entry.word.folded, entry.stems) for entry in found_by] == [("running", ("run",)), ("houses", ("hous",))]


def test_the_language_is_guessed_by_the_commonest_words() -> None:
    found_by = entries("die Häuser der Stadt", "")

    assert found_by[1].stems == ("haus",)


def test_a_question_is_stemmed_in_the_languages_it_may_be_in() -> None:
    assert Term("hauser", ("haus",)) in wanted("die Häuser der Stadt").terms
    assert Term("книги", ("книг",)) in wanted("книги на столе").terms
    assert wanted("Häuser", ["en"]).terms == (Term("hauser", ("hauser",)),)


def test_common_words_are_left_out_beside_others() -> None:
    assert words("what is the height of the tower") == ["height", "tower"]
    assert words("Wie hoch ist der Turm") == ["hoch", "turm"]
    assert words("what is the") == ["what", "is", "the"]
    assert words('the "tower"') == ['"tower"']


def test_quoted_words_are_phrases_and_a_star_is_a_beginning() -> None:
    assert words('say "brown fox" and photo* b* *x 7*8') == ["say", "photo*", "b", "x", "7", "8", '"brown fox"']
    assert words("„Der Fuchs“ “the fox”") == ['"der fuchs"', '"the fox"']
    assert words('"unfinished fox') == ["unfinished", "fox"]


def test_a_single_character_begins_pairs_where_there_are_no_spaces() -> None:
    assert words("東京 都") == ["東京", "都*"]
    assert wanted('"都"').phrases == (Phrase(("都",), is_prefix=True),)
    assert wanted('"東京都 tower"').phrases == (Phrase(("東京", "京都", "都", "tower")),)


def test_of_a_long_question_the_longest_words_count() -> None:
    long = [f"word{number:05}" for number in range(MAX_TERMS)]

    question = " ".join([f"x{number}" for number in range(500)] + long + ['"a b"', '"c d"'] * 100)

    looked_for = wanted(question)
    assert [term.word for term in looked_for.terms] == long
    assert len(looked_for.phrases) == 2 <= MAX_PHRASES
