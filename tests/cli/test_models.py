"""``triptych models``: what is here, brought and removed."""

import json

from support.running import finish, start
from support.work import fail

from cli.exits import Exit
from triptych.store import Store


def test_models_are_listed_and_removed(triptych, working) -> None:
    weights = working.store.settings.models / "whisper" / "base.pt"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(bytes(3 << 20))

    before = triptych("models")
    removed = triptych("models", "remove", "whisper/base")
    again = triptych("models", "remove", "whisper/base")

    [line] = [line for line in before.out.splitlines() if line.startswith("whisper/base ")]
    assert line.split() == ["whisper/base", "yes", "0", "3", "MiB", "274", "MiB", "MIT"]
    assert (removed.out, weights.exists()) == ("whisper/base is removed.\n", False)
    assert (again.status, again.err) == (Exit.REFUSED, "triptych: there are no weights of 'whisper/base' here\n")


def test_models_are_told_as_json(triptych) -> None:
    done = triptych("models", "--json")

    assert "whisper/tiny" in [json.loads(line)["name"] for line in done.out.splitlines()]


def test_pull_ends_when_the_model_is_there(triptych, doing) -> None:
    with doing("models.pull", finish):
        done = triptych("models", "pull", "whisper/tiny")

    assert (done.status, done.out) == (Exit.DONE, "whisper/tiny is here.\n")


def test_pull_that_failed_says_why(triptych, doing) -> None:
    def give_up(store: Store, job_id: str) -> None:
        fail(store, start(store, job_id), "engine_unavailable", "there is no network")

    with doing("models.pull", give_up):
        done = triptych("models", "pull", "whisper/small")

    assert (done.status, done.err.splitlines()[-1]) == (Exit.JOB_FAILED, "triptych: there is no network")
