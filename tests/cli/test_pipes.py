"""The command among others in a shell: broken pipes, bytes that are no text, interrupts, and completion."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from support.scripted_server import Answer, scripted
from support.shell import COMMAND, environment

from cli.exits import Exit
from triptych.client.records.job import JobState

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")


def started(url: str, *arguments: str) -> "subprocess.Popen[str]":
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, *arguments], env=environment(url), text=True, **pipes)


def test_an_interrupt_in_a_pipe_leaves_the_job_and_says_so(working, client) -> None:
    with started(working.url, "submit", "--text", "Sing.", "-p", "audio.speak", "--wait") as process:
        assert process.stderr is not None
        assert "queued" in process.stderr.readline()
        process.send_signal(signal.SIGINT)

        out, err = process.communicate(timeout=60)

    job = next(client.jobs.list(pipeline="audio.speak"))
    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert err.endswith(f"text goes on: triptych watch {job.id}\n")
    assert job.state is JobState.QUEUED


def test_a_reader_that_has_enough_is_no_error(working) -> None:
    with started(working.url, "models") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        said = process.stderr.read()

    assert (process.wait(60), said) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((), b"\xdcbersicht ?"), (("--json",), b"\\u00dcbersicht \\u2603")],
    ids=["for people", "JSON"],
)
def test_what_a_terminal_of_another_character_set_lacks_ends_nothing(
    arguments: tuple[str, ...], expected: bytes
) -> None:
    key = {"id": "1", "name": "Übersicht \N{SNOWMAN}", "prefix": "tri_", "scopes": [], "created_at": ""}
    answer = json.dumps({"items": [{**key, "last_used_at": None, "expires_at": None}]}).encode()

    with scripted(Answer(body=answer)) as server:
        done = subprocess.run(
            [*COMMAND, "keys", *arguments],
            env={**environment(server.url), "PYTHONIOENCODING": "latin-1"},
            capture_output=True,
            timeout=60,
        )

    assert (done.returncode, done.stderr) == (Exit.DONE, b"")
    assert expected in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="a device that is always full is Linux'")
def test_a_full_disk_is_told_in_words(working) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "models"], env=environment(working.url), stdout=full, stderr=subprocess.PIPE, timeout=60
        )

    assert (done.returncode, done.stderr) == (Exit.FAILED, b"triptych: No space left on device\n")


@pytest.mark.parametrize("command", ["speak", "chat"])
def test_standard_input_that_is_no_text_is_told_so_before_anything_is_sent(triptych, client, command: str) -> None:
    before = len(list(client.jobs.list()))

    done = triptych(command, stdin=b"gr\xfc\xdfe")

    told = "triptych: standard input is no text in UTF-8: invalid start byte at byte 2\n"
    assert (done.status, done.out, done.err) == (Exit.USAGE, "", told)
    assert len(list(client.jobs.list())) == before


@pytest.mark.parametrize("command", [("speak",), ("chat",), ("search",), ("submit", "--text")])
def test_an_argument_that_is_no_text_is_told_so(triptych, client, command: tuple[str, ...]) -> None:
    before = len(list(client.jobs.list()))

    done = triptych(*command, os.fsdecode(b"gr\xfc\xdfe"))

    assert (done.status, done.out) == (Exit.USAGE, "")
    assert done.err.endswith("triptych: an argument is no text in UTF-8\n")
    assert len(list(client.jobs.list())) == before


def test_a_file_whose_name_is_no_text_is_sent_under_one_that_is(triptych, client, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"gr\xfc.txt")
    path.write_text("A harbour at night.")

    done = triptych("submit", str(path), "-p", "text.keywords")

    assert (done.status, done.err) == (Exit.DONE, "gr\N{REPLACEMENT CHARACTER}.txt: sending 19 bytes\n")
    assert client.jobs.get(done.out.split()[0]).inputs[0].name == "gr\N{REPLACEMENT CHARACTER}.txt"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_a_script_that_completes(triptych, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")

    done = triptych("--show-completion", shell)

    assert done.status == Exit.DONE
    assert "_TRIPTYCH_COMPLETE" in done.out


def test_names_of_pipelines_and_ids_of_jobs_are_completed(triptych, client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = client.jobs.create("audio.speak", text="Sing.")

    def completed(line: str) -> list[str]:
        """What a bash that asks for the last word's completion is told."""
        asked = {"_TRIPTYCH_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        for name, value in asked.items():
            monkeypatch.setenv(name, value)
        return triptych().out.split()

    pipelines, jobs = completed("triptych submit -p text.k"), completed(f"triptych watch {job.id[:-2]}")
    monkeypatch.setenv("TRIPTYCH_URL", "http://127.0.0.1:9")
    nobody = completed("triptych submit -p text.k")

    assert pipelines == ["text.keywords"]
    assert job.id in jobs
    assert nobody == []


def test_statuses_are_told_by_help_and_page_alike(triptych) -> None:
    page = (ROOT / "docs" / "shell.md").read_text()

    done = triptych("--help")

    told = " ".join(re.sub("[│╭╮╰╯─]", " ", done.out).split())
    assert all(f"{status.value} {status.meaning}" in told for status in Exit)
    assert all(f"| {status.value} | {status.meaning} |" in page for status in Exit)


def test_every_command_stands_on_the_page(triptych) -> None:
    page = (ROOT / "docs" / "shell.md").read_text()

    done = triptych("--help")

    commands = re.findall(r"^│ ([a-z]+) +[A-Z]", done.out, re.MULTILINE)
    assert {"submit", "models"} <= set(commands)
    assert [name for name in commands if f"`triptych {name}" not in page] == []
