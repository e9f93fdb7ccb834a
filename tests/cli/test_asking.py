"""What is looked for, asked, spoken and told of the house."""

import json
from pathlib import Path

from support import chatting
from support.remembering import passage, remember
from support.running import make_output, start, succeed
from support.work import fail

from cli.exits import Exit
from triptych.store import Store

LOCAL_USER = "local"


def test_what_is_found_is_told_with_its_page(triptych, working) -> None:
    remember(working.store, passage("the quagga grazed among the \x1b[31mzebras"), owner=LOCAL_USER)

    found = triptych("search", "quagga", "grazed", "--modality", "text")
    told = triptych("search", "quagga", "--json", "-n", "1")

    first, second, *_ = found.out.splitlines()
    assert found.status == Exit.DONE
    assert first.startswith(f"hello.txt  {working.url}/files/")
    assert second == "    the quagga grazed among the [31mzebras"
    assert json.loads(told.out)["memory"]["kind"] == "passage"


def test_a_search_that_finds_nothing_says_so(triptych) -> None:
    done = triptych("search", "quokka")

    assert (done.status, done.out) == (Exit.DONE, "")
    assert done.err.endswith("nothing was found\n")


def test_an_answer_is_told_with_what_it_cites(triptych, doing) -> None:
    def answer(store: Store, job_id: str) -> None:
        claimed = chatting.begin_for(store, LOCAL_USER, job_id)
        chatting.write(store, claimed, "In ", "1871 ", "[1].")
        chatting.succeed(store, claimed)

    with doing("chat.reply", answer):
        done = triptych("chat", "When did the harbour open?")

    assert done.status == Exit.DONE
    assert done.out == "In 1871 [1].\n[1] harbour.txt\n"


def test_a_question_comes_from_standard_input_and_its_reply_as_json(triptych, doing, poem: Path) -> None:
    def answer(store: Store, job_id: str) -> None:
        chatting.succeed(store, chatting.begin_for(store, LOCAL_USER, job_id))

    with doing("chat.reply", answer):
        done = triptych("chat", "--file", str(poem), "--json", stdin=b"When?\n")

    assert json.loads(done.out)["text"] == chatting.ANSWER


def test_an_answer_that_failed_is_told_by_its_reason(triptych, doing) -> None:
    def give_up(store: Store, job_id: str) -> None:
        fail(store, chatting.begin_for(store, LOCAL_USER, job_id), "engine_unavailable", "nobody can answer")

    with doing("chat.reply", give_up):
        done = triptych("chat", "When?")

    assert done.status == Exit.JOB_FAILED
    assert "triptych: nobody can answer\n" in done.err


def test_speech_goes_to_standard_output_or_into_a_file(triptych, doing, tmp_path: Path) -> None:
    def speak(store: Store, job_id: str) -> None:
        claimed = start(store, job_id)
        (tmp_path / "made").write_bytes(b"RIFF sound")
        make_output(store, claimed, tmp_path / "made", "speech.wav", "audio/wav")
        succeed(store, claimed)

    with doing("audio.speak", speak):
        piped = triptych("speak", stdin=b"Good morning.")
    with doing("audio.speak", speak):
        kept = triptych("speak", "Good morning.", "-o", str(tmp_path / "hi.wav"), "--json")

    assert (piped.status, piped.raw) == (Exit.DONE, b"RIFF sound")
    assert (tmp_path / "hi.wav").read_bytes() == b"RIFF sound"
    assert json.loads(kept.out)["params"]["format"] == "wav"


def test_speech_that_fails_leaves_no_file(triptych, doing, tmp_path: Path) -> None:
    def give_up(store: Store, job_id: str) -> None:
        fail(store, start(store, job_id), "no_text", "there is nothing to pronounce")

    with doing("audio.speak", give_up):
        done = triptych("speak", "...", "-o", str(tmp_path / "hi.mp3"))

    assert (done.status, done.out) == (Exit.JOB_FAILED, "")
    assert done.err.endswith("triptych: there is nothing to pronounce\n")
    assert list(tmp_path.iterdir()) == []


def test_status_tells_lanes_workers_and_jobs(triptych, working) -> None:
    told = triptych("status")
    as_json = json.loads(triptych("status", "--json").out)

    assert told.out.startswith(f"Triptych at {working.url}\nLANE  QUEUED  RUNNING\ncpu   ")
    assert "your jobs: " in told.out
    assert [lane["lane"] for lane in as_json["lanes"]] == ["cpu", "gpu", "net"]
    assert as_json["jobs"]["states"]["running"] == 0
