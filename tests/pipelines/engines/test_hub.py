"""Files of the hub are brought whole, of one commit, and held to what the hub states of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.hub_server import COMMIT, Repository, hub_of
from support.raw_server import answering

from pipelines.engines.hub import bring, hub_host
from pipelines.errors import DownloadAway, EngineUnavailable, ServerAway, TransientFailure
from pipelines.standalone import standalone_context

NAMES = ("config.json", "1_Pooling/config.json", "model.safetensors")
WEIGHTS = bytes(range(256)) * 10_000
FILES = {"config.json": b'{"a": 1}', "1_Pooling/config.json": b"{}", "model.safetensors": WEIGHTS}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch):
    """A repository whose weights lie where large files do."""
    with hub_of(Repository("someone/model", FILES, large=frozenset({"model.safetensors"}))) as repository:
        monkeypatch.setenv("HF_ENDPOINT", repository.url)
        yield repository


def test_files_come_from_one_commit_with_their_progress_and_nothing_left_to_doubt(
    published: Repository, tmp_path: Path
) -> None:
    told: list[float | None] = []
    context = replace(standalone_context(tmp_path), progress=lambda fraction, note: told.append(fraction))

    brought = bring("someone/model", NAMES, tmp_path / "mine", context)

    assert {name: (tmp_path / "mine" / name).read_bytes() for name in NAMES} == FILES
    assert (brought.files[-1].name, brought.unverified) == ("model.safetensors", ())
    assert told[-1] == 1.0
    asked = [line.split()[1] for line in published.asked if "/resolve/" in line]
    assert [path for path in asked if "/main/" in path] == ["/someone/model/resolve/main/config.json"]
    assert all(COMMIT in path for path in asked[1:])


@pytest.mark.parametrize(("name", "kind"), [("model.safetensors", "SHA-256"), ("config.json", "git blob")])
def test_file_that_is_not_what_the_hub_states_is_thrown_away(
    published: Repository, tmp_path: Path, name: str, kind: str
) -> None:
    published.altered = frozenset({name})

    with pytest.raises(TransientFailure, match=f"{name} from .* has the {kind}"):
        bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))

    assert not (tmp_path / "mine" / name).exists()
    assert not list((tmp_path / "mine").glob("*.part"))


def test_fetch_that_broke_off_is_gone_on_with(published: Repository, tmp_path: Path) -> None:
    published.breaks_off_after = 1_000_000
    with pytest.raises(TransientFailure):
        bring("someone/model", NAMES[::2], tmp_path / "mine", standalone_context(tmp_path))
    assert not (tmp_path / "mine" / "model.safetensors").exists()

    bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))

    assert (tmp_path / "mine" / "model.safetensors").read_bytes() == WEIGHTS
    assert any(line.startswith("GET /elsewhere/") and "bytes=" in line for line in published.asked)


def test_file_of_which_the_hub_states_no_checksum_is_told(published: Repository, tmp_path: Path) -> None:
    published.untold = frozenset({"config.json"})

    brought = bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))

    assert brought.unverified == ("config.json",)


def test_optional_file_that_is_not_published_is_left_out(published: Repository, tmp_path: Path) -> None:
    names = ("vocab.txt", *NAMES)

    brought = bring("someone/model", names, tmp_path / "mine", standalone_context(tmp_path), optional=("vocab.txt",))

    assert [path.name for path in brought.files] == ["config.json", "config.json", "model.safetensors"]


@pytest.mark.parametrize("repository", ["someone/model", "nobody/nothing"])
def test_file_that_is_not_published_is_unavailable(published: Repository, tmp_path: Path, repository: str) -> None:
    with pytest.raises(EngineUnavailable, match=f"{repository} publishes no tokenizer.json"):
        bring(repository, ["tokenizer.json"], tmp_path / "mine", standalone_context(tmp_path))


@pytest.mark.parametrize(("status", "failure"), [(429, DownloadAway), (503, DownloadAway), (500, TransientFailure)])
def test_hub_that_has_no_time_is_away_and_one_that_fails_is_not(
    published: Repository, tmp_path: Path, status: int, failure: type[TransientFailure]
) -> None:
    published.status = status

    with pytest.raises(failure, match=str(status)) as told:
        bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))

    assert type(told.value) is failure


def test_hub_that_does_not_answer_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_of(Repository("someone/model", FILES)) as gone:
        monkeypatch.setenv("HF_ENDPOINT", gone.url)

    with pytest.raises(DownloadAway, match="does not answer"):
        bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))


def test_hub_that_answers_with_what_is_no_http_fails_the_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(b"this is no HTTP\r\n\r\n") as url:
        monkeypatch.setenv("HF_ENDPOINT", url)
        with pytest.raises(TransientFailure, match="answers with what is no HTTP") as failed:
            bring("someone/model", NAMES, tmp_path / "mine", standalone_context(tmp_path))

    assert not isinstance(failed.value, ServerAway)


def test_mirror_is_the_hub_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    own = hub_host()
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.com/")

    assert (own, hub_host()) == ("huggingface.co", "hub.example.com")
