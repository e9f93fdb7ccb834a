"""Labelling pictures with any classifier of timm: its own preprocessing, its own or ImageNet's label names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.contract import Context, EngineUsed
from pipelines.engines import model_size, timm_attention
from pipelines.engines.batching import Batcher
from pipelines.engines.label import Attention, Label
from pipelines.engines.model_key import key_of
from pipelines.engines.passes import NotePass, PassKind
from pipelines.engines.thin_pictures import middle_of
from pipelines.engines.timm_weights import Weights, fetched_weights, local_weights, weights_files
from pipelines.engines.torchvision_import import ensure_torchvision
from pipelines.engines.weights_memory import float32_bytes
from pipelines.errors import EngineUnavailable

if TYPE_CHECKING:
    from PIL.Image import Image


CPU_MOST, GPU_MOST = 8, 64  # pictures a pass; beyond these one picture takes as long as before
PICTURE_BYTES = 128 << 20  # a ConvNeXt-L at 384 pixels; a ViT-B at 224 takes a tenth


@dataclass(frozen=True, slots=True)
class _Classifier:
    """A loaded model with what it needs around it; pictures of all threads go through its two batchers."""

    model: Any  # Any: torch and timm are not typed here
    prepare: Callable[["Image"], Any]
    prepared_as: Mapping[str, Any]  # Any: timm's own names and values
    names: Callable[[int], str]
    device: str
    labels: Batcher[Any, Any]
    features: Batcher[Any, Any]


class TimmLabeller:
    """A timm classifier on the GPU where there is one."""

    joint_with_text = False

    def __init__(self, model_name: str, context: Context) -> None:
        weights = local_weights(model_name, context.models_dir) or fetched_weights(model_name, context)
        files = weights_files(model_name, context.models_dir)
        self._classifier = context.models.get(
            key_of(f"timm/{model_name}", files),
            lambda: _load(model_name, weights, context),
            size_bytes=lambda classifier: model_size.of_module(classifier.model),
            need_bytes=float32_bytes([weights.path]) or model_size.of_those_there(files),
        )
        self._models, self._check = context.models, context.check
        import timm

        self.used = EngineUsed("timm", model_name, str(timm.__version__))

    def label(self, picture: "Image", count: int) -> Sequence[Label]:
        """As the protocol says."""
        classifier = self._classifier
        with classifier.labels.taking_part():
            [scores] = classifier.labels.do([classifier.prepare(picture)], self._check)
        best = scores.topk(min(count, scores.numel()))
        pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        return [Label(classifier.names(index), float(score)) for index, score in pairs]

    def attention(self, picture: "Image") -> Attention:
        """As the protocol says."""
        classifier = self._classifier
        pixels = classifier.prepare(picture).unsqueeze(0).to(classifier.device)
        heat, number, method = self._models.with_relief(lambda: timm_attention.heat(classifier.model, pixels))
        return Attention(classifier.names(number), method, heat.tolist(), _seen(classifier.prepared_as, picture))

    def prepare(self, picture: "Image") -> Any:
        """See ``PictureEmbedder``."""
        return self._classifier.prepare(picture)

    def encode(self, prepared: Sequence[Any]) -> list[list[float]]:
        """See ``PictureEmbedder``: what the network's last layer would tell the classes from."""
        with self._classifier.features.taking_part():
            return [vector.tolist() for vector in self._classifier.features.do(prepared, self._check)]

    def encode_texts(self, texts: Sequence[str]) -> list[list[float]]:  # noqa: ARG002  the protocol's
        """See ``PictureEmbedder``: there is none."""
        raise EngineUnavailable(f"{self.used.model} compares pictures with pictures alone")


def _load(model_name: str, weights: Weights, context: Context) -> _Classifier:
    ensure_torchvision()
    from timm.data import create_transform, resolve_model_data_config

    from pipelines.engines.torch_device import best_device

    context.progress(None, f"loading {model_name}")
    device = best_device()
    model = _model(model_name, weights).eval().requires_grad_(False).to(device)
    prepared_as = resolve_model_data_config(model)
    transform = create_transform(**prepared_as, is_training=False)

    def prepare(picture: "Image") -> Any:
        return transform(_middle(prepared_as, picture))

    batchers = _batchers(model, device, context.models.note_pass)
    return _Classifier(model, prepare, prepared_as, _names(weights.config, model), device, *batchers)


def _batchers(model: Any, device: str, note: NotePass) -> tuple[Batcher[Any, Any], Batcher[Any, Any]]:
    """One for probabilities of the labels, and one for features of length 1."""
    from torch.nn.functional import normalize

    from pipelines.engines.torch_device import stacked_rows

    def features(pixels: Any) -> Any:
        return normalize(model.forward_head(model.forward_features(pixels), pre_logits=True).flatten(1), dim=-1)

    most = {"cpu_most": CPU_MOST, "gpu_most": GPU_MOST, "item_bytes": PICTURE_BYTES}
    return (
        stacked_rows(lambda pixels: model(pixels).softmax(dim=-1), device, PassKind.TIMM_LABELS, note, **most),
        stacked_rows(features, device, PassKind.TIMM_FEATURES, note, **most),
    )


def _model(model_name: str, weights: Weights) -> Any:
    """The network with its weights in it; as many classes as the weights have, whoever trained them."""
    import timm
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    config = weights.config
    try:
        state = load_file(weights.path)
        model = timm.create_model(
            config.get("architecture", model_name),
            pretrained=False,
            pretrained_cfg_overlay=_preprocessing(config),
            **config.get("model_args", {}),  # what the trained network had otherwise than its architecture's default
        )
        head = state.get(f"{model.pretrained_cfg.get('classifier')}.weight")
        if head is not None and head.shape[0] != model.num_classes:
            model.reset_classifier(head.shape[0])
        model.load_state_dict(state)
    except (SafetensorError, RuntimeError, OSError, TypeError, AssertionError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise EngineUnavailable(f"the weights {weights.path.name} do not fit {model_name}: {first_line}") from error
    return model


def _preprocessing(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a hub's ``config.json`` says of how pictures were prepared in training."""
    stated = config.get("pretrained_cfg", config)  # older files say all of it on one level
    known = ("input_size", "fixed_input_size", "mean", "std", "interpolation", "crop_pct", "crop_mode", "classifier")
    return {name: stated[name] for name in known if stated.get(name) is not None}


def _middle(prepared_as: Mapping[str, Any], picture: "Image") -> "Image":
    return middle_of(picture, prepared_as["crop_mode"], min(prepared_as["input_size"][-2:]))


def _seen(prepared_as: Mapping[str, Any], picture: "Image") -> tuple[float, float, float, float]:
    """What of a picture is left when it was cut to its middle, scaled and cropped, as ``Attention.seen`` says."""
    height, width = prepared_as["input_size"][-2:]
    kept, mode = prepared_as["crop_pct"], prepared_as["crop_mode"]
    middle = _middle(prepared_as, picture)
    zooms = (width / kept / middle.width, height / kept / middle.height)
    across, down = zooms if mode == "squash" else [min(zooms) if mode == "border" else max(zooms)] * 2
    half_width, half_height = width / across / picture.width / 2, height / down / picture.height / 2
    return (0.5 - half_width, 0.5 - half_height, 0.5 + half_width, 0.5 + half_height)


def _names(config: Mapping[str, Any], model: Any) -> Callable[[int], str]:
    """Label names: those stated with the weights, else ImageNet's where the number of classes fits, else numbers."""
    from timm.data import ImageNetInfo, infer_imagenet_subset

    stated = config.get("label_names", config.get("labels"))
    if isinstance(stated, list) and len(stated) == model.num_classes:
        described = config.get("label_descriptions") or {}
        return lambda index: str(described.get(stated[index], stated[index]))
    subset = infer_imagenet_subset(model)
    if subset is None:
        return lambda index: f"class {index}"
    imagenet = ImageNetInfo(subset)
    return lambda index: str(imagenet.index_to_description(index))
