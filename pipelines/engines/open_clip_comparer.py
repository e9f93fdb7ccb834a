"""Comparing pictures with words by any model of open_clip (CLIP: Radford et al. 2021, arxiv.org/abs/2103.00020)."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size
from pipelines.engines.comparing import Fit
from pipelines.engines.model_key import key_of
from pipelines.engines.open_clip_weights import CONFIG, local_weights, weights_files
from pipelines.engines.torchvision_import import ensure_torchvision
from pipelines.errors import EngineUnavailable

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class _Towers:
    """A loaded model with what prepares pictures and words for it."""

    model: Any  # Any: torch and open_clip are not typed here
    prepare: Callable[["Image"], Any]
    tokenize: Callable[[list[str]], Any]
    device: str


class OpenClipComparer:
    """A CLIP-type model on the GPU where there is one."""

    joint_with_text = True

    def __init__(self, model_name: str, context: Context) -> None:
        files = weights_files(model_name, context.models_dir)
        self._towers = context.models.get(
            key_of(f"open-clip/{model_name}", files),
            lambda: _load(model_name, context),
            size_bytes=lambda towers: model_size.of_module(towers.model),
            need_bytes=model_size.of_those_there(files),
        )
        import open_clip

        self.used = EngineUsed("open-clip", model_name, str(open_clip.__version__))

    def compare(self, picture: "Image", words: Sequence[str], prompt: str) -> Sequence[Fit]:
        """As the protocol says; probabilities by the scale that the model was trained to."""
        import torch

        towers = self._towers
        phrases = [prompt.replace("{}", word) for word in words]
        with torch.inference_mode():
            pixels = towers.prepare(picture).unsqueeze(0).to(towers.device)
            seen = towers.model.encode_image(pixels, normalize=True)
            meant = towers.model.encode_text(towers.tokenize(phrases).to(towers.device), normalize=True)
            cosines = (seen @ meant.T)[0]
            scores = (towers.model.logit_scale.exp() * cosines).softmax(dim=-1)
        fits = map(Fit, words, scores.tolist(), cosines.tolist())
        return sorted(fits, key=lambda fit: fit.score, reverse=True)

    def prepare(self, picture: "Image") -> Any:
        """See ``PictureEmbedder``."""
        return self._towers.prepare(picture)

    def encode(self, prepared: Sequence[Any]) -> list[list[float]]:
        """See ``PictureEmbedder``."""
        import torch

        with torch.inference_mode():
            pixels = torch.stack(list(prepared)).to(self._towers.device)
            vectors: list[list[float]] = self._towers.model.encode_image(pixels, normalize=True).tolist()
        return vectors


def _load(model_name: str, context: Context) -> _Towers:
    """Raises EngineUnavailable where the weights are away or do not fit."""
    ensure_torchvision()
    import open_clip
    import torch
    from safetensors import SafetensorError

    weights = local_weights(model_name, context.models_dir)
    if weights is None:
        raise EngineUnavailable(f"the weights of {model_name} are no longer there")
    context.progress(None, f"loading {model_name}")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    stated = (weights.parent / CONFIG).is_file()
    name, file = (f"local-dir:{weights.parent}", None) if stated else (model_name, str(weights))
    try:
        model, prepare = open_clip.create_model_from_pretrained(name, file, device=device, weights_only=True)
        tokenize = open_clip.get_tokenizer(name)
    except (
        SafetensorError,
        RuntimeError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        ImportError,
        AssertionError,
        pickle.UnpicklingError,
    ) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise EngineUnavailable(f"the weights {weights.name} do not fit {model_name}: {first_line}") from error
    return _Towers(model.eval(), prepare, tokenize, device)
