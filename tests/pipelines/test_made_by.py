"""What a result is made by: a word under which it may be kept for reuse."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.media import jpeg, wav

from pipelines.catalogue import Pipeline, catalogue
from pipelines.contract import Network, Source
from pipelines.engines.network import NoNetwork
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.standalone import run_pipeline, standalone_context

TEXT = b"Honey bees live in colonies. A worker bee collects nectar. The colony of honey bees lives on the nectar."
# No package brings weights for these: their own tests hold them to the same.
WITHOUT_WEIGHTS = ("image.embed", "text.entities")
REUSED = [one for one in catalogue().values() if one.made_by is not None and one.name not in WITHOUT_WEIGHTS]
MEDIA = {"audio": ("audio/wav", wav(16_000)), "image": ("image/jpeg", jpeg()), "text": ("text/plain", TEXT)}


@dataclass(frozen=True)
class OpenNetwork:
    """A network on which everybody answers."""

    def reachable(self, host: str, port: int = 443) -> bool:
        return True


def word(name: str, models_dir: Path, network: Network | None = None, **params: object) -> str:
    declared = catalogue()[name]
    assert declared.made_by is not None
    return declared.made_by(declared.params.model_validate(params), Surroundings(models_dir, network or NoNetwork()))


@pytest.mark.engine
@pytest.mark.parametrize("declared", REUSED, ids=lambda declared: declared.name)
def test_engine_that_a_result_names_stands_in_what_was_told_before(declared: Pipeline, tmp_path: Path) -> None:
    media_type, content = MEDIA["text" if declared.name == "audio.speak" else declared.kind]
    (tmp_path / "source").write_bytes(content)
    source = Source(tmp_path / "source", "source", media_type, len(content))
    told = word(declared.name, tmp_path / "models")

    finished = run_pipeline(declared.name, [source] * max(1, declared.min_sources), {}, standalone_context(tmp_path))

    assert finished.result.engine.name in told.split()


@pytest.mark.engine
def test_engine_of_a_script_without_spaces_is_told_too(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("機械学習は機械学習である。" * 5, encoding="utf-8")
    told = word("text.keywords", tmp_path)

    finished = run_pipeline(
        "text.keywords", [Source(source, "source", "text/plain", 999)], {}, standalone_context(tmp_path)
    )

    assert finished.result.engine.name == "c-value"
    assert "c-value" in told.split()


def test_telling_loads_no_engine() -> None:
    script = (
        "import sys; from pathlib import Path; from pipelines.catalogue import catalogue;"
        "from pipelines.engines.network import NoNetwork; from pipelines.engines.selection import Surroundings;"
        "here = Surroundings(Path('nowhere'), NoNetwork());"
        "assert all(one.made_by(one.params(), here) for one in catalogue().values() if one.made_by);"
        "print(*sorted({'torch', 'numpy', 'av', 'timm', 'whisper', 'onnxruntime', 'yake'} & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert told.stdout.split() == []


def test_weights_that_come_make_whisper_the_engine(tmp_path: Path) -> None:
    before = word("audio.transcribe", tmp_path)
    put(tmp_path / "whisper" / "base.pt", b"weights")

    after = word("audio.transcribe", tmp_path)

    assert "pocketsphinx" in before.split()
    assert "ctranslate2" in after.split()


@pytest.mark.parametrize(
    ("name", "params", "file"),
    [
        ("audio.transcribe", {}, "whisper/base.pt"),
        ("audio.transcribe", {"size": "tiny"}, "whisper/tiny.pt"),
        ("image.analyze", {}, "timm/vit_base_patch16_224.safetensors"),
        ("image.analyze", {"classifier": "mine"}, "timm/mine/model.safetensors"),
    ],
)
def test_replaced_weights_change_the_word(name: str, params: dict[str, object], file: str, tmp_path: Path) -> None:
    put(tmp_path / file, b"weights")
    before = word(name, tmp_path, **params)
    again = word(name, tmp_path, **params)
    os.utime(tmp_path / file, ns=(0, 1))

    after = word(name, tmp_path, **params)

    assert before == again != after


def test_labels_of_replaced_weights_change_the_word(tmp_path: Path) -> None:
    put(tmp_path / "timm" / "mine" / "model.safetensors", b"weights")
    before = word("image.analyze", tmp_path, classifier="mine")
    put(tmp_path / "timm" / "mine" / "config.json", b'{"label_names": ["bee"]}')

    after = word("image.analyze", tmp_path, classifier="mine")

    assert before != after


def test_picture_without_labels_does_not_depend_on_the_weights(tmp_path: Path) -> None:
    before = word("image.analyze", tmp_path, labels=0)
    put(tmp_path / "timm" / "vit_base_patch16_224.safetensors", b"weights")

    after = word("image.analyze", tmp_path, labels=0)

    assert before == after


def test_google_is_told_with_its_host_where_it_answers(tmp_path: Path) -> None:
    british = word("audio.speak", tmp_path, OpenNetwork(), language="en-gb").split()

    offline = word("audio.speak", tmp_path, language="en-gb").split()

    assert {"gtts", "model=translate.google.co.uk"} <= set(british)
    assert "espeak-ng" in offline


def test_engine_that_nobody_can_run_is_told_as_nobody(tmp_path: Path) -> None:
    told = word("audio.transcribe", tmp_path, language="de")

    assert told.split()[0] == "nobody"


def test_package_that_is_not_installed_is_told_as_absent() -> None:
    told = made_by_packages("dreamer", packages=["no-such-package-of-ours"])

    assert told == "dreamer no-such-package-of-ours=absent"


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
