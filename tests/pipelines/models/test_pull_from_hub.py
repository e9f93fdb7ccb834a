"""Known models come from the hub by `models.pull`, and the pipelines that use them then do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.hub_server import Repository, hub_of
from support.random_bert import save_random_bert

from pipelines.contract import Context, Source
from pipelines.errors import EngineUnavailable
from pipelines.models.present import find_models
from pipelines.standalone import run_pipeline, standalone_context

CHECKPOINT = Path(__file__).parents[2] / "checkpoints" / "entities"
LARGE = frozenset({"model.safetensors", "tokenizer.json"})


class Online:
    def reachable(self, host: str, port: int = 443) -> bool:
        return True


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return replace(standalone_context(tmp_path / "work", tmp_path / "models"), network=Online())


def source(tmp_path: Path, text: str) -> Source:
    (tmp_path / "work").mkdir(exist_ok=True)
    path = tmp_path / "text.txt"
    path.write_text(text)
    return Source(path, path.name, "text/plain", path.stat().st_size)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def old_layout() -> dict[str, bytes]:
    """The entities checkpoint as older models are laid out: the words it knows, one a line, and no tokenizer.json."""
    files = files_of(CHECKPOINT)
    vocabulary = json.loads(files.pop("tokenizer.json"))["model"]["vocab"]
    words = sorted(vocabulary, key=lambda word: int(vocabulary[word]))
    return {**files, "vocab.txt": "\n".join(words).encode(), "tokenizer_config.json": b'{"do_lower_case": false}'}


def test_embedding_model_is_brought_and_embeds(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {**files_of(save_random_bert(tmp_path / "published", "cls")), "vocab.txt": b"of older readers"}
    with hub_of(Repository("BAAI/bge-small-en-v1.5", files, large=LARGE)) as repository:
        monkeypatch.setenv("HF_ENDPOINT", repository.url)
        pulled = run_pipeline("models.pull", [], {"name": "embed/bge-small-en-v1.5"}, context)

    embedded = run_pipeline(
        "text.embed", [source(tmp_path, "Honey bees.")], {"model": "bge-small-en-v1.5"}, context
    ).result

    assert pulled.result.body["files"][-1] == "modules.json"
    assert not (context.models_dir / "embed" / "bge-small-en-v1.5" / "vocab.txt").exists()
    assert pulled.result.warnings == ()
    assert embedded.body["dimensions"] == 32
    assert embedded.engine.name == "sentence-bert"


def test_recogniser_in_the_old_layout_is_brought_and_finds_names(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = source(tmp_path, "Tordena Marlinus lives in Verganholm.")
    with pytest.raises(EngineUnavailable, match="triptych models pull entities/bert-base-NER"):
        run_pipeline("text.entities", [text], {}, context)
    with hub_of(Repository("dslim/bert-base-NER", old_layout(), large=LARGE)) as repository:
        monkeypatch.setenv("HF_ENDPOINT", repository.url)
        run_pipeline("models.pull", [], {"name": "entities/bert-base-NER"}, context)

    found = run_pipeline("text.entities", [text], {}, context).result.body["entities"]

    assert [(one["label"], one["text"]) for one in found] == [("PER", "Tordena Marlinus"), ("LOC", "Verganholm")]


def test_recogniser_that_tells_no_words_at_all_is_not_brought(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: content for name, content in old_layout().items() if name != "vocab.txt"}
    with hub_of(Repository("dslim/bert-base-NER", files, large=LARGE)) as repository:
        monkeypatch.setenv("HF_ENDPOINT", repository.url)

        with pytest.raises(EngineUnavailable, match=r"publishes no vocab\.txt"):
            run_pipeline("models.pull", [], {"name": "entities/bert-base-NER"}, context)

    assert find_models(context.models_dir)["entities/bert-base-NER"].files == []


@pytest.mark.engine
def test_classifier_is_brought_with_its_config(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"config.json": b'{"label_names": ["cat"]}', "model.safetensors": b"weights"}
    name = "vit_base_patch16_224"
    with hub_of(Repository(f"timm/{name}.augreg2_in21k_ft_in1k", files, large=LARGE)) as repository:
        monkeypatch.setenv("HF_ENDPOINT", repository.url)
        pulled = run_pipeline("models.pull", [], {"name": f"timm/{name}"}, context)

    assert pulled.result.body["files"] == ["model.safetensors", "config.json"]
    assert find_models(context.models_dir)[f"timm/{name}"].size_bytes == sum(map(len, files.values()))


def test_model_that_lacks_a_file_it_cannot_be_without_is_not_here(context: Context, tmp_path: Path) -> None:
    folder = save_random_bert(context.models_dir / "embed" / "bge-small-en-v1.5", "cls")
    (folder / "1_Pooling" / "config.json").unlink()

    found = find_models(context.models_dir)["embed/bge-small-en-v1.5"]

    assert (found.files, found.size_bytes) == ([], None)
