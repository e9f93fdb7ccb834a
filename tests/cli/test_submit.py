"""``triptych submit`` in pipes: results on standard output, everything else beside it."""

import json
from pathlib import Path

import pytest

from cli.exits import Exit

KEYWORDS = ("-p", "text.keywords")


def test_submitted_files_are_told_a_line_each(triptych, client, poem: Path) -> None:
    done = triptych("submit", str(poem), str(poem), *KEYWORDS)

    lines = [line.split() for line in done.out.splitlines()]
    assert done.status == Exit.DONE
    assert [line[1:] for line in lines] == [["text.keywords", "poem.txt"]] * 2
    assert client.jobs.get(lines[0][0]).inputs[0].name == "poem.txt"


def test_waiting_for_one_tells_what_came_of_it(triptych, poem: Path) -> None:
    done = triptych("submit", str(poem), *KEYWORDS, "--wait", "-P", "count=3", "--fresh")

    assert done.status == Exit.DONE
    assert done.out.splitlines()[0].endswith("text.keywords  succeeded")
    assert '"keywords": [' in done.out
    assert "output keywords.json  application/json" in done.out
    assert "poem.txt: sending 81 bytes\n" in done.err
    assert done.err.endswith("poem.txt: succeeded\n")
    assert "\x1b" not in done.out + done.err


def test_waiting_for_several_tells_each_as_it_ends(triptych, poem: Path) -> None:
    done = triptych("submit", *[str(poem)] * 3, *KEYWORDS, "--wait")

    assert done.status == Exit.DONE
    assert [line.split()[1:] for line in done.out.splitlines()] == [["text.keywords", "succeeded", "poem.txt"]] * 3


def test_json_is_one_document_a_line_and_nothing_beside_it(triptych, poem: Path) -> None:
    done = triptych("submit", str(poem), str(poem), *KEYWORDS, "--wait", "--json")

    told = [json.loads(line) for line in done.out.splitlines()]
    assert [job["state"] for job in told] == ["succeeded"] * 2
    assert done.err == ""


def test_standard_input_becomes_an_output_on_standard_output(triptych) -> None:
    done = triptych("submit", "-", *KEYWORDS, "--output", "keywords.json", stdin=b"Rivers carry water to the sea.")

    assert done.status == Exit.DONE
    assert json.loads(done.out)["language"] == "en"


def test_an_output_is_written_to_a_file(triptych, poem: Path, tmp_path: Path) -> None:
    done = triptych("submit", str(poem), *KEYWORDS, "--output", "keywords.json", "-o", str(tmp_path / "words.json"))

    assert (done.status, done.out) == (Exit.DONE, "")
    assert "keywords" in json.loads((tmp_path / "words.json").read_text())


def test_a_text_is_summarised_unless_something_else_is_said(triptych, client) -> None:
    summed = triptych("submit", "--text", "Rivers carry water.", "--json")
    found = triptych("submit", "--text", "Rivers carry water.", *KEYWORDS, "--json", "--batch", "--no-remember")

    assert json.loads(summed.out)["pipeline"] == "text.summarize"
    assert (json.loads(found.out)["pipeline"], json.loads(found.out)["priority"]) == ("text.keywords", "batch")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "there is nothing to do"),
        (("-", "-"), "give - once"),
        (("--text", "a", "-"), "not both"),
        (("--text", "a", "-P", "count"), "write NAME=VALUE"),
        (("--text", "a", "-o", "x"), "say which one with --output"),
        (("-", "--together"), "--together wants a --pipeline"),
        (("-", "-w"), "stdin: what should be done with it"),
        (("nothing-here.txt", "poem.txt", "--output", "summary.txt"), "--output is of one job"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_is_sent(triptych, client, arguments, told: str) -> None:
    before = sum(client.house.stats().states.values())

    done = triptych("submit", *arguments, stdin=b"\x00\x81\x82")

    assert (done.status, done.out) == (Exit.USAGE, "")
    assert done.err.startswith("triptych: ")
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert sum(client.house.stats().states.values()) == before


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nothing-here.txt", "nothing-here.txt: No such file or directory"),
        (".", ".: it is a folder"),
        ("/proc/self/mem", "mem: Input/output error"),
        ("/dev/null", "/dev/null: it is a pipe or a device, which can be read but once"),
    ],
)
def test_a_file_that_cannot_be_sent_keeps_no_other_from_being_done(triptych, poem: Path, path: str, told: str) -> None:
    alone = triptych("submit", path, *KEYWORDS, "--wait")
    together = triptych("submit", path, str(poem), "-p", "text.summarize", "--together")

    done = triptych("submit", path, str(poem), *KEYWORDS, "--wait")

    assert (alone.status, together.status, done.status) == (Exit.FAILED, Exit.FAILED, Exit.FAILED)
    assert (alone.out, together.out) == ("", "")
    assert done.out.endswith("  text.keywords  succeeded  poem.txt\n")
    assert f"triptych: {told}" in done.err


def test_a_file_of_which_nobody_knows_what_to_do_keeps_no_other_from_being_done(
    triptych, poem: Path, tmp_path: Path
) -> None:
    (tmp_path / "riddle").write_bytes(b"\x00\x81\x82")

    done = triptych("submit", str(tmp_path / "riddle"), str(poem))

    assert done.status == Exit.USAGE
    assert done.out.endswith("  text.summarize  poem.txt\n")
    assert done.err.startswith("triptych: riddle: what should be done with it?")


def test_every_wrong_value_is_told(triptych, poem: Path) -> None:
    done = triptych("submit", str(poem), *KEYWORDS, "-P", "count=0", "-P", "colour=red")

    assert (done.status, done.out) == (Exit.REFUSED, "")
    assert "triptych: poem.txt: params.count: Input should be greater" in done.err
    assert "    params.colour: there is nothing of this name" in done.err


def test_a_refused_file_keeps_no_other_from_being_done(triptych, poem: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")

    done = triptych("submit", str(tmp_path / "empty.txt"), str(poem), *KEYWORDS, "--wait")

    assert done.status == Exit.REFUSED
    assert done.out.endswith("succeeded  poem.txt\n")
    assert "triptych: empty.txt: " in done.err


def test_an_api_that_is_away_is_told_in_one_line(triptych, poem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIPTYCH_URL", "http://127.0.0.1:9")

    done = triptych("submit", str(poem))

    assert done.status == Exit.UNREACHABLE
    assert done.err.splitlines()[-1].startswith("triptych: http://127.0.0.1:9 does not answer: ")
    assert done.err.endswith("Start it with `triptych up`, or say where it is in TRIPTYCH_URL.\n")
