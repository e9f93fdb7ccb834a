"""Where a timm model's weights lie, or may be fetched from: safetensors only, since a pickle can run code."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contract import Context
from pipelines.engines.hub import Brought, bring, hub_host
from pipelines.engines.selection import AVAILABLE, Availability, Surroundings, unanswered
from pipelines.engines.torchvision_import import ensure_torchvision
from pipelines.errors import DownloadAway, EngineUnavailable, TransientFailure

MODEL_NAME_PATTERN = r"^[a-z0-9_]+(\.[a-z0-9_]+)?$"  # timm's names, with a tag or without; never a path


@dataclass(frozen=True, slots=True)
class Weights:
    """A file of weights, and what a ``config.json`` beside it says about them; empty where there is none."""

    path: Path
    config: Mapping[str, Any]


def probe_timm(model_name: str, surroundings: Surroundings) -> Availability:
    """Whether ``model_name`` can run: its weights are here, or the hub that publishes them answers."""
    if importlib.util.find_spec("timm") is None:
        return Availability(False, "the package timm is not installed")
    if local_weights(model_name, surroundings.models_dir) or surroundings.network.reachable(hub_host()):
        return AVAILABLE
    return unanswered(
        surroundings.network,
        f"no weights of {model_name}, and {hub_host()} cannot be reached: put them into the models' folder timm as "
        f"{model_name}.safetensors, or as {model_name}/model.safetensors with its config.json",
        DownloadAway,
    )


def local_weights(model_name: str, models_dir: Path) -> Weights | None:
    """The weights of ``model_name`` on disk: a single file, or a folder laid out as on the hub."""
    single, folder = models_dir / "timm" / f"{model_name}.safetensors", models_dir / "timm" / model_name
    if single.is_file():
        return Weights(single, {})
    if (folder / "model.safetensors").is_file():
        return Weights(folder / "model.safetensors", _config(folder / "config.json"))
    return None


def weights_files(model_name: str, models_dir: Path) -> list[Path]:
    """The files that say what ``model_name`` is here: where both ways of laying them out are followed, the first."""
    found = local_weights(model_name, models_dir)
    if found is None:
        return [models_dir / "timm" / model_name / "model.safetensors"]
    return [found.path, found.path.with_name("config.json")] if found.path.stem == "model" else [found.path]


def fetched_weights(model_name: str, context: Context) -> Weights:
    """The published weights of ``model_name``, fetched first. Raises as ``bring_timm`` does."""
    bring_timm(model_name, context)
    weights = local_weights(model_name, context.models_dir)
    if weights is None:
        raise TransientFailure(f"the weights of {model_name} went away as soon as they were fetched")
    return weights


def bring_timm(model_name: str, context: Context) -> Brought:
    """Fetch the published weights of ``model_name`` into the models' folder.

    Raises EngineUnavailable when none are published as safetensors, TransientFailure and DownloadAway when the hub
    fails.
    """
    ensure_torchvision()
    from timm.models import get_pretrained_cfg

    published = get_pretrained_cfg(model_name)
    if published is None or not published.hf_hub_id:
        raise EngineUnavailable(f"no weights of {model_name} are published")
    folder = context.models_dir / "timm" / model_name
    context.progress(None, f"fetching the weights of {model_name}")
    return bring(published.hf_hub_id, ("config.json", "model.safetensors"), folder, context)


def _config(path: Path) -> Mapping[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as broken:
        raise EngineUnavailable(
            f"{path.name} beside the weights in {path.parent.name} is not JSON: {broken}"
        ) from broken
    return config if isinstance(config, dict) else {}
