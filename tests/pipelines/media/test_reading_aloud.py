import pytest

from pipelines.media.reading_aloud import Sentence, pieces_of


@pytest.mark.parametrize(("speed", "most"), [(0.5, 450), (1.0, 230), (2.0, 115)])
@pytest.mark.parametrize("characters", [10, 112, 113, 226])
def test_longest_text_is_so_many_pieces(speed, most, characters):
    sentences = [Sentence("x" * characters, 0.3)] * (50_000 // characters)

    pieces = pieces_of(sentences, speed)

    assert len(pieces) <= most
    assert [sentence for piece in pieces for sentence in piece] == sentences
