import pytest

from pipelines.errors import BadInput
from pipelines.media.delivery import PLAIN, Delivery
from pipelines.media.ssml import JOINT_S, is_ssml, read_ssml


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


@pytest.mark.parametrize("given", ['strength="none"', 'time="0s"', 'time="0ms"', 'strength="strong" time="0s"'])
def test_break_of_no_length_cuts_nothing(given):
    sentences = read_ssml(f"<speak>I said <break {given}/>go. Now</speak>", "a.txt").sentences

    assert [(" ".join(one.text.split()), one.pause_s) for one in sentences] == [("I said go.", 0.3), ("Now", 0.3)]


def test_break_of_no_length_parts_two_words():
    assert said('One<break strength="none"/>two') == ["One two"]


@pytest.mark.parametrize(
    "body",
    [
        'One. <break time="2s"/> <break time="500ms"/> Two.',
        '<p>One.<break time="2s"/></p><p><break time="500ms"/>Two.</p>',
        'One<break time="2s"/>.<break time="500ms"/>Two.',
        'One.<break time="2s"/><emphasis><break time="500ms"/>Two.</emphasis>',
    ],
)
def test_breaks_that_follow_each_other_add_up(body):
    assert (said(body), pauses(body)[0]) == (["One.", "Two."], 2.5)


def test_break_before_the_first_word_is_the_silence_before_it():
    sentences = read_ssml('<speak><p><break time="2s"/><break time="1s"/>One.</p> Two.</speak>', "a").sentences

    assert [(one.text, one.silence_before_s, one.pause_s) for one in sentences] == [("One.", 3, 0.7), ("Two.", 0, 0.3)]


def test_breaks_of_ten_minutes_in_all_are_taken():
    assert pauses('a<break time="20s"/>' * 30) == [20.0] * 30


def test_alias_is_said_in_the_place_of_what_it_stands_for():
    assert said('The <sub alias="World Wide Web Consortium">W3C</sub> says.') == ["The World Wide Web Consortium says."]


@pytest.mark.parametrize("how", ["characters", "spell-out", "digits"])
def test_what_is_to_be_spelled_is_said_sign_by_sign(how):
    assert said(f'Call <say-as interpret-as="{how}">110</say-as> now.') == ["Call 1 1 0 now."]


def test_text_of_other_elements_is_said_and_they_are_named():
    markup = read_ssml(
        '<speak>A <mark name="a"/> <blink>word</blink> <prosody range="low">here</prosody>.</speak>', "a"
    )

    assert [sentence.text for sentence in markup.sentences] == ["A word here."]
    assert markup.passed_over == ("blink", "mark", "prosody range")


def deliveries(body):
    return [(one.text, one.delivery) for one in read_ssml(f"<speak>{body}</speak>", "a.txt").sentences]


@pytest.mark.parametrize(
    ("attribute", "delivery"),
    [
        ('rate="slow"', Delivery(rate=0.8)),
        ('rate="150%"', Delivery(rate=1.5)),
        ('rate="-20%"', Delivery(rate=0.8)),
        ('pitch="x-high"', Delivery(pitch=1.2)),
        ('pitch="+12st"', Delivery(pitch=2.0)),
        ('pitch="-10%"', Delivery(pitch=0.9)),
        ('volume="loud"', Delivery(gain_db=3.5)),
        ('volume="-6dB"', Delivery(gain_db=-6.0)),
        ('rate="fast" pitch="low"', Delivery(rate=1.25, pitch=0.85)),
        ('rate="0%" volume="+99dB"', Delivery(rate=0.25, gain_db=12.0)),
    ],
)
def test_prosody_is_of_what_stands_in_it_alone(attribute, delivery):
    said = deliveries(f"One. <prosody {attribute}>Two.</prosody> Three.")

    assert said == [("One.", PLAIN), ("Two.", delivery), ("Three.", PLAIN)]


def test_prosody_within_prosody_changes_what_stands_around_it():
    said = deliveries('<prosody rate="50%" pitch="high">One. <prosody rate="+100%">Two.</prosody> Three.</prosody>')

    slow = Delivery(rate=0.5, pitch=1.1)
    assert said == [("One.", slow), ("Two.", Delivery(rate=1.0, pitch=1.1)), ("Three.", slow)]


def test_word_that_is_stressed_is_said_in_one_go_with_its_sentence():
    sentences = read_ssml("<speak>This is <emphasis>really</emphasis> so. Yes.</speak>", "a.txt").sentences

    assert [(one.text, one.pause_s) for one in sentences] == [
        ("This is", JOINT_S),
        ("really", JOINT_S),
        ("so.", 0.3),
        ("Yes.", 0.3),
    ]
    assert sentences[1].delivery.pitch > 1 > sentences[1].delivery.rate


def test_signs_behind_a_stressed_word_go_with_it():
    assert [text for text, _ in deliveries("<emphasis>Two</emphasis>!")] == ["Two!"]


def test_sentence_in_another_language_is_followed_by_its_pause():
    sentences = read_ssml('<speak><s xml:lang="de">Guten Tag</s><s>Hello</s></speak>', "a.txt").sentences

    assert [(one.text, one.delivery.language) for one in sentences] == [("Guten Tag", "de"), ("Hello", None)]
    assert sentences[0].pause_s > JOINT_S


def test_break_at_the_end_is_the_pause_behind_the_last_sentence():
    assert pauses('One. Two.<break time="2s"/>')[-1] == 2.0


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
        (
            "<speak>" + "<break time='20s'/>" * 31,
            "line 1, column 578: its breaks are longer than 10 minutes in all",
        ),
        ('<speak><prosody rate="soon">a</prosody></speak>', "line 1, column 8: a prosody's rate is like 80%"),
        ('<speak><prosody pitch="120Hz">a</prosody></speak>', "a prosody's pitch is like"),
        ('<speak><prosody volume="11">a</prosody></speak>', "a prosody's volume is like"),
        ('<speak><emphasis level="huge">a</emphasis></speak>', "an emphasis's level is one of strong"),
    ],
)
def test_what_is_no_ssml_is_refused_with_its_place(text, words):
    with pytest.raises(BadInput, match=words) as refused:
        read_ssml(text, "a.txt")

    assert refused.value.code == "bad_ssml"


def test_ssml_is_known_by_its_beginning():
    assert is_ssml("\n<speak version='1.1'>a</speak>")
    assert is_ssml("<?xml version='1.0'?>\n<speak>a</speak>")
    assert is_ssml("<!-- for <b>you</b> -->\n<!-- and me --><speak>a</speak>")
    assert is_ssml("<?xml version='1.0'?>\n<!DOCTYPE speak SYSTEM 'a.dtd' [<!ENTITY a 'b'>]>\n<speak>a</speak>")
    assert is_ssml("<s:speak xmlns:s='http://www.w3.org/2001/10/synthesis'>a</s:speak>")
    assert not is_ssml("<!-- a --> <p><speak>a</speak></p>")
    assert not is_ssml("<!-- <speak>")
    assert not is_ssml("<!DOCTYPE html><speak>")
    assert not is_ssml("The tag <speak> begins it.")
    assert not is_ssml("<speaker>")


def test_text_of_nothing_but_comments_is_looked_through_once():
    assert not is_ssml("<!-- a -->" * 50_000)


def test_prefix_of_its_namespace_is_no_part_of_an_elements_name():
    text = '<s:speak xmlns:s="http://www.w3.org/2001/10/synthesis"><s:p>One</s:p><s:p>Two<x:break/></s:p></s:speak>'

    markup = read_ssml(text, "a.txt")

    assert [sentence.text for sentence in markup.sentences] == ["One", "Two"]
    assert markup.passed_over == ("x:break",)
