"""Batches from a shell: a manifest or a folder goes in, lines in their order come out."""

import json
import zipfile
from pathlib import Path

import pytest
from support.scripted_server import Answer, scripted

from cli.exits import Exit
from cli.uploading import LARGE_BYTES

KEYWORDS = ("-p", "text.keywords", "--no-remember")
GOOD = [
    {"custom_id": f"line-{number}", "text": f"Rivers carry water to the sea number {number}."} for number in (1, 2, 3)
]


@pytest.fixture
def manifest(tmp_path: Path):
    """A manifest of these lines."""

    def write(*lines: object) -> str:
        path = tmp_path / "lines.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        return str(path)

    return write


def test_a_manifest_is_done_and_its_results_come_in_its_order(triptych, manifest) -> None:
    done = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS, "--wait", "--name", "Rivers")

    results = triptych("batch", "results", done.out.split()[0])
    lines = [json.loads(line) for line in results.out.splitlines()]
    assert done.status == Exit.DONE
    assert done.out.split("  ")[1:] == ["finished", "3 lines: 3 succeeded\n"]
    assert "Rivers: finished, 3 of 3 lines\n" in done.err
    assert [line["custom_id"] for line in lines] == ["line-1", "line-2", "line-3"]
    assert all(line["result"]["keywords"] for line in lines)


def test_a_dry_run_tells_what_there_is_to_do_and_waits(triptych, manifest) -> None:
    done = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS, "--dry-run")
    batch_id = done.out.split()[0]
    started = triptych("batch", "start", batch_id)
    watched = triptych("batch", "watch", batch_id, "--json")

    assert done.status == Exit.DONE
    assert "3 lines can be done, 117 bytes, " in done.out
    assert f"it waits for `triptych batch start {batch_id}`, until 20" in done.err
    assert started.out.split()[1] == "running"
    assert json.loads(watched.out)["lines"]["succeeded"] == 3


def test_lines_that_cannot_be_done_are_told_and_the_others_started(triptych, manifest) -> None:
    done = triptych(
        "batch",
        "submit",
        manifest(GOOD[0], {"pipeline": "text.nope", "text": "x"}),
        *KEYWORDS,
        "-w",
    )
    batch_id = done.out.split()[0]
    told = triptych("batch", "lines", batch_id, "--state", "invalid")

    assert done.status == Exit.REFUSED
    assert "line 2: unknown_pipeline: there is no pipeline" in done.err
    assert told.out.startswith("2  -  invalid  -  unknown_pipeline: ")


def test_whoever_does_not_wait_is_told_how_to_look_on_and_what_may_be_wanted(triptych, manifest, monkeypatch) -> None:
    counts = dict.fromkeys(["total", "queued", "running", "succeeded", "failed", "cancelled", "invalid"], 0)
    rest = dict.fromkeys(["eta_s", "error", "started_at", "finished_at", "expires_at"])
    estimate = {"lines": 0, "size_bytes": 0, "seconds": None}
    batch = {"id": "B", "name": "", "state": "validating", "lines": counts, "size_bytes": 0, "created_at": "now"}

    with scripted(Answer(202, json.dumps({**batch, "estimate": estimate, **rest}).encode())) as server:
        monkeypatch.setenv("TRIPTYCH_URL", server.url)
        done = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS)
        quiet = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS, "--json")

    assert (done.status, quiet.status, quiet.err) == (Exit.DONE, Exit.DONE, "")
    assert "`triptych batch watch B` shows what comes of it" in done.err
    assert "it waits for `triptych batch start B` if one cannot be done" in done.err


def test_a_batch_of_which_no_line_can_be_done_is_told_as_that(triptych, manifest) -> None:
    none = {"pipeline": "text.nope", "text": "x"}
    checked = triptych("batch", "submit", manifest(none, none), *KEYWORDS, "--dry-run")
    batch_id = checked.out.split()[0]

    started = triptych("batch", "start", batch_id)
    watched = triptych("batch", "watch", batch_id)
    quiet = triptych("batch", "watch", batch_id, "--json")

    for done in (checked, started, watched):
        assert done.status == Exit.REFUSED
        assert "line 2: unknown_pipeline: there is no pipeline" in done.err
        assert done.err.endswith("none of its lines can be done, so nothing runs: mend them and submit it anew\n")
    assert (quiet.status, quiet.err) == (Exit.REFUSED, "")


def test_a_folder_is_a_line_a_file_and_its_zip_has_what_they_made(triptych, tmp_path: Path) -> None:
    (tmp_path / "poems" / "deep").mkdir(parents=True)
    (tmp_path / "poems" / ".hidden").write_text("no")
    for name in ("a.txt", "deep/b.txt"):
        (tmp_path / "poems" / name).write_text("Rivers carry water to the sea.")

    done = triptych("batch", "submit", str(tmp_path / "poems"), *KEYWORDS, "--wait")
    triptych("batch", "results", done.out.split()[0], "--zip", "-o", str(tmp_path / "made.zip"))

    with zipfile.ZipFile(tmp_path / "made.zip") as made:
        names = made.namelist()
    assert done.status == Exit.DONE
    assert sum(name.endswith("keywords.json") for name in names) == 2
    assert names[-1] == "results.jsonl"


def test_a_manifest_means_the_files_that_come_with_it(triptych, manifest, poem: Path, client) -> None:
    done = triptych("batch", "submit", manifest({"path": "poem.txt"}), str(poem), *KEYWORDS, "--wait", "--json")

    [line] = client.batches.lines(json.loads(done.out)["id"])
    assert (done.status, done.err, line.state) == (Exit.DONE, "", "succeeded")
    assert client.jobs.get(line.job_id).inputs[0].name == "poem.txt"


def test_a_zip_is_a_line_a_file_or_what_a_manifest_means(triptych, manifest, client, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "poems.zip", "w") as packed:
        for name in ("a.txt", "deep/b.txt"):
            packed.writestr(name, "Rivers carry water to the sea.")

    alone = triptych("batch", "submit", str(tmp_path / "poems.zip"), *KEYWORDS, "--wait", "--json")
    meant = triptych("batch", "submit", manifest({"path": "a.txt"}), str(tmp_path / "poems.zip"), *KEYWORDS, "-w")

    assert json.loads(alone.out)["lines"]["succeeded"] == 2
    assert "1 line: 1 succeeded" in meant.out


def test_a_large_zip_is_brought_before_it_is_named(triptych, client, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with zipfile.ZipFile(tmp_path / "poems.zip", "w") as packed:
        packed.writestr("a.txt", "Rivers carry water to the sea.")
        packed.writestr("ignored/.hidden", bytes(LARGE_BYTES))

    done = triptych("batch", "submit", str(tmp_path / "poems.zip"), *KEYWORDS, "--dry-run", "--json")

    assert json.loads(done.out)["state"] == "validated"
    assert "poems.zip" in [upload.name for upload in client.uploads.list()]


def test_a_batch_is_paused_resumed_and_cancelled(triptych, manifest) -> None:
    lines = [{"text": f"Sing, number {number}."} for number in range(3)]
    submitted = triptych("batch", "submit", manifest(*lines), "-p", "audio.speak", "--dry-run")
    batch_id = submitted.out.split()[0]

    states = [triptych("batch", what, batch_id).out.split()[1] for what in ("start", "pause", "resume", "cancel")]
    watched = triptych("batch", "watch", batch_id)

    assert states == ["running", "paused", "running", "cancelled"]
    assert watched.status == Exit.JOB_FAILED


def test_batches_are_listed_and_removed(triptych, manifest, client) -> None:
    done = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS, "--wait", "--name", "To go")
    batch_id = done.out.split()[0]

    listed = triptych("batch")
    triptych("batch", "delete", batch_id)

    assert listed.out.split()[:3] == ["ID", "NAME", "STATE"]
    assert any(line.split()[:5] == [batch_id, "To", "go", "finished", "3"] for line in listed.out.splitlines())
    assert batch_id not in [batch.id for batch in client.batches.list()]


def test_what_makes_no_sense_is_told_before_anything_is_sent(triptych, manifest, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    two = triptych("batch", "submit", manifest(*GOOD), "-", *KEYWORDS)
    none = triptych("batch", "submit", str(tmp_path / "empty"), *KEYWORDS)

    assert (two.status, none.status) == (Exit.USAGE, Exit.USAGE)
    assert "one manifest is taken" in two.err
    assert "there is no file in " in none.err


def test_batches_are_listed_by_their_state_and_by_when_they_came(triptych, manifest) -> None:
    batch_id = triptych("batch", "submit", manifest(*GOOD), *KEYWORDS, "--dry-run").out.split()[0]

    def ids(*options: str) -> list[str]:
        return [json.loads(line)["id"] for line in triptych("batch", "list", "--json", *options).out.splitlines()]

    assert batch_id in ids("--state", "validated", "--created-after", "2020-01-01")
    assert batch_id not in ids("--state", "failed")
    assert ids("--created-before", "2020-01-01") == []
    assert len(ids("--limit", "1")) == 1
