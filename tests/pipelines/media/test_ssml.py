import pytest

from pipelines.errors import BadInput
from pipelines.media.ssml import is_ssml, read_ssml


def said(body):
    return [sentence.text for sentence in read_ssml(f"<speak>{body}</speak>", "a.txt").sentences]


def pauses(body):
    return [sentence.pause_s for sentence in read_ssml(f"<speak>{body}</speak>", "a.txt").sentences]


def test_sentences_and_paragraphs_are_kept_apart():
    assert said("<p><s>One</s><s>Two</s></p><p>Three &amp; four</p>") == ["One", "Two", "Three & four"]


@pytest.mark.parametrize(
    ("given", "pause_s"),
    [('time="500ms"', 0.5), ('time="2s"', 2.0), ('strength="x-strong"', 1.5), ("", 0.4)],
)
def test_break_is_the_pause_behind_what_stands_before_it(given, pause_s):
    assert pauses(f"One. <break {given}/> Two.")[0] == pause_s


def test_alias_is_said_in_the_place_of_what_it_stands_for():
    assert said('The <sub alias="World Wide Web Consortium">W3C</sub> says.') == ["The World Wide Web Consortium says."]


@pytest.mark.parametrize("how", ["characters", "spell-out", "digits"])
def test_what_is_to_be_spelled_is_said_sign_by_sign(how):
    assert said(f'Call <say-as interpret-as="{how}">110</say-as> now.') == ["Call 1 1 0 now."]


def test_text_of_other_elements_is_said_and_they_are_named():
    markup = read_ssml('<speak>A <prosody rate="slow">slow</prosody> <blink>word</blink>.</speak>', "a.txt")

    assert [sentence.text for sentence in markup.sentences] == ["A slow word."]
    assert markup.passed_over == ("blink", "prosody")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<speak>\n<p>One</speak>", r"line 2, column 9: mismatched tag"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><speak>&b;</speak>', "a DOCTYPE is not taken"),
        ("<speak>&nbsp;</speak>", "line 1, column 8: undefined entity"),
        ("<p>One</p>", "begin with <speak>"),
        ('<speak><break time="soon"/></speak>', "line 1, column 8: a break's time is like 500ms or 2s"),
        ('<speak><break time="3600s"/></speak>', "at most 20 s"),
        ('<speak><break strength="huge"/></speak>', "not 'huge'"),
    ],
)
def test_what_is_no_ssml_is_refused_with_its_place(text, words):
    with pytest.raises(BadInput, match=words) as refused:
        read_ssml(text, "a.txt")

    assert refused.value.code == "bad_ssml"


def test_ssml_is_known_by_its_beginning():
    assert is_ssml("\n<speak version='1.1'>a</speak>")
    assert is_ssml("<?xml version='1.0'?>\n<speak>a</speak>")
    assert not is_ssml("The tag <speak> begins it.")
    assert not is_ssml("<speaker>")
