"""Comparing pictures with words by any model of open_clip (CLIP: Radford et al. 2021, arxiv.org/abs/2103.00020)."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size
from pipelines.engines.batching import Batcher
from pipelines.engines.comparing import Fit
from pipelines.engines.model_key import key_of
from pipelines.engines.open_clip_weights import CONFIG, local_weights, weights_files
from pipelines.engines.passes import NotePass, PassKind
from pipelines.engines.thin_pictures import middle_of
from pipelines.engines.torchvision_import import ensure_torchvision
from pipelines.engines.weights_memory import float32_bytes
from pipelines.errors import EngineUnavailable

if TYPE_CHECKING:
    from PIL.Image import Image


# As many as one pass takes; beyond these one takes as long as before.
CPU_PICTURES, GPU_PICTURES, CPU_WORDS, GPU_WORDS = 8, 64, 32, 256
PICTURE_BYTES, WORDS_BYTES = 64 << 20, 16 << 20  # a ViT-L at 336 pixels, and a text of 77 tokens 1024 wide


@dataclass(frozen=True, slots=True)
class _Towers:
    """A loaded model with what prepares pictures and words for it; those of all threads go through its batchers."""

    model: Any  # Any: torch and open_clip are not typed here
    prepare: Callable[["Image"], Any]
    tokenize: Callable[[list[str]], Any]
    pictures: Batcher[Any, Any]
    words: Batcher[Any, Any]


class OpenClipComparer:
    """A CLIP-type model on the GPU where there is one."""

    joint_with_text = True

    def __init__(self, model_name: str, context: Context) -> None:
        files = weights_files(model_name, context.models_dir)
        self._towers = context.models.get(
            key_of(f"open-clip/{model_name}", files),
            lambda: _load(model_name, context),
            size_bytes=lambda towers: model_size.of_module(towers.model),
            need_bytes=float32_bytes(files[:1]) or model_size.of_those_there(files),
        )
        self._check = context.check
        import open_clip

        self.used = EngineUsed("open-clip", model_name, str(open_clip.__version__))

    def compare(self, picture: "Image", words: Sequence[str], prompt: str) -> Sequence[Fit]:
        """As the protocol says; probabilities by the scale that the model was trained to."""
        import torch

        towers = self._towers
        phrases = towers.tokenize([prompt.replace("{}", word) for word in words])
        with towers.words.taking_part():
            meant = torch.stack(towers.words.do(list(phrases), self._check))
        with towers.pictures.taking_part():
            [seen] = towers.pictures.do([towers.prepare(picture)], self._check)
        with torch.inference_mode():
            cosines = meant @ seen
            scores = (towers.model.logit_scale.exp().cpu() * cosines).softmax(dim=-1)
        fits = map(Fit, words, scores.tolist(), cosines.tolist())
        return sorted(fits, key=lambda fit: fit.score, reverse=True)

    def prepare(self, picture: "Image") -> Any:
        """See ``PictureEmbedder``."""
        return self._towers.prepare(picture)

    def encode(self, prepared: Sequence[Any]) -> list[list[float]]:
        """See ``PictureEmbedder``."""
        with self._towers.pictures.taking_part():
            return [vector.tolist() for vector in self._towers.pictures.do(prepared, self._check)]

    def encode_texts(self, texts: Sequence[str]) -> list[list[float]]:
        """See ``PictureEmbedder``; of a long text the beginning counts."""
        with self._towers.words.taking_part():
            return [
                vector.tolist() for vector in self._towers.words.do(list(self._towers.tokenize([*texts])), self._check)
            ]


def _load(model_name: str, context: Context) -> _Towers:
    """Raises EngineUnavailable where the weights are away or do not fit."""
    ensure_torchvision()
    import open_clip
    from safetensors import SafetensorError

    from pipelines.engines.torch_device import best_device

    weights = local_weights(model_name, context.models_dir)
    if weights is None:
        raise EngineUnavailable(f"the weights of {model_name} are no longer there")
    context.progress(None, f"loading {model_name}")
    device = best_device()
    stated = (weights.parent / CONFIG).is_file()
    name, file = (f"local-dir:{weights.parent}", None) if stated else (model_name, str(weights))
    try:
        model, transform = open_clip.create_model_from_pretrained(name, file, device=device, weights_only=True)
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
    return _towers(model.eval(), _for_thin_ones(transform, model), tokenize, device, context.models.note_pass)


def _for_thin_ones(transform: Any, model: Any) -> Callable[["Image"], Any]:
    stated = model.visual.preprocess_cfg
    side_px = min(stated["size"]) if isinstance(stated["size"], list | tuple) else stated["size"]
    return lambda picture: transform(middle_of(picture, stated["resize_mode"], side_px))


def _towers(model: Any, prepare: Callable[["Image"], Any], tokenize: Any, device: str, note: NotePass) -> _Towers:
    from pipelines.engines.torch_device import stacked_rows

    pictures = stacked_rows(
        lambda pixels: model.encode_image(pixels, normalize=True),
        device,
        PassKind.CLIP_PICTURES,
        note,
        cpu_most=CPU_PICTURES,
        gpu_most=GPU_PICTURES,
        item_bytes=PICTURE_BYTES,
    )
    words = stacked_rows(
        lambda tokens: model.encode_text(tokens, normalize=True),
        device,
        PassKind.CLIP_WORDS,
        note,
        cpu_most=CPU_WORDS,
        gpu_most=GPU_WORDS,
        item_bytes=WORDS_BYTES,
    )
    return _Towers(model, prepare, tokenize, pictures, words)
