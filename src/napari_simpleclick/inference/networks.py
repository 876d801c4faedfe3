"""Networks that a predictor can drive: SimpleClick in torch, or the same graph compiled by OpenVINO."""

import hashlib
import shutil
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import torch
from platformdirs import user_cache_path
from torch import Tensor, nn

from napari_simpleclick.model.simpleclick import SimpleClick

if TYPE_CHECKING:
    import openvino

Engine = Literal["auto", "torch", "openvino"]

TOLERANCE = 0.01
"""A compiled network is refused when its probabilities differ by more, on average, from those of float32 torch."""


class Network(Protocol):
    """What a predictor needs; `SimpleClick` is one."""

    def encode(self, image: Tensor) -> Sequence[Tensor]:
        """Features of images (batch, 3, size, size) in [0, 1]."""

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Logits (batch, 1, size, size) from features and guidance (batch, 3, size, size)."""


@dataclass(frozen=True, slots=True)
class ChosenNetwork:
    """A network and what is to be said about it.

    Parameters
    ----------
    network
        The network.
    engine
        Engine and precision, as the evaluation report names them.
    notice
        Why it is not the one that was asked for; empty if it is.
    """

    network: Network
    engine: str
    notice: str = ""


def choose_network(
    model: SimpleClick, *, engine: Engine = "auto", device: torch.device | str = "cpu", size: int = 448, batch: int = 1
) -> ChosenNetwork:
    """The fastest network that computes what the model computes.

    On the processor that is OpenVINO, where it is installed and agrees with float32 torch on a fixed input; elsewhere
    torch.

    Parameters
    ----------
    model
        The network in torch, on the processor.
    engine
        "auto", or the engine to take.
    device
        Where torch runs.
    size, batch
        The input to compile for: side in pixels; 2 with mirror averaging, else 1.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is asked for and not installed; says how to get it.
    ValueError
        If OpenVINO is asked for on another device than the processor.
    """
    plain = ChosenNetwork(model, f"torch float32 on {torch.device(device).type}")
    on_processor = torch.device(device).type == "cpu"
    if engine == "openvino" and not on_processor:
        raise ValueError(f"OpenVINO runs on the processor, got device {device}. Choose the device cpu or engine torch.")
    if engine == "torch" or not on_processor:
        return plain
    try:
        compiled = OpenVinoNetwork(model, size=size, batch=batch)
    except ModuleNotFoundError as error:
        if engine == "openvino":
            raise ModuleNotFoundError('OpenVINO is missing: pip install "napari-simpleclick[openvino]"') from error
        return plain
    difference = disagreement(model, compiled, size=size, batch=batch)
    if not difference <= TOLERANCE:
        notice = f"OpenVINO differs from torch by {difference:.3f} in probability here; torch is used instead."
        return ChosenNetwork(model, plain.engine, notice)
    return ChosenNetwork(compiled, f"OpenVINO {compiled.precision}")


def disagreement(model: Network, other: Network, *, size: int, batch: int) -> float:
    """Mean absolute difference of the probabilities of two networks on a fixed random picture with a click."""
    random = torch.Generator().manual_seed(0)
    image = torch.rand(batch, 3, size // 16, size // 16, generator=random)
    image = nn.functional.interpolate(image, size=(size, size), mode="bilinear", align_corners=False)
    guidance = torch.zeros(batch, 3, size, size)
    guidance[:, 1, size // 2 - 4 : size // 2 + 5, size // 2 - 4 : size // 2 + 5] = 1
    with torch.inference_mode():
        answers = [torch.sigmoid(net.decode(net.encode(image), guidance).float()) for net in (model, other)]
    return float((answers[0] - answers[1]).abs().mean())


class Encoder(nn.Module):
    """The part of a model that sees the image only, for compilers that want a module."""

    def __init__(self, model: SimpleClick) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Features of (batch, 3, size, size)."""
        return tuple(self.model.encode(image))


class Decoder(nn.Module):
    """The part of a model that sees features and clicks."""

    def __init__(self, model: SimpleClick) -> None:
        super().__init__()
        self.model = model

    def forward(self, guidance: Tensor, *features: Tensor) -> Tensor:
        """Logits (batch, 1, size, size)."""
        return self.model.decode(features, guidance)


class OpenVinoNetwork:
    """The model compiled for this processor, in the precision that OpenVINO finds best for it.

    The compiled graphs are kept in a folder of the user's cache, by hash of the weights, version and input; a damaged
    one is made again.

    Parameters
    ----------
    model
        The network in torch.
    size, batch
        The only input that it takes.
    cache
        Folder for compiled graphs; the user's cache by default.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is not installed.
    """

    def __init__(self, model: SimpleClick, *, size: int = 448, batch: int = 1, cache: Path | None = None) -> None:
        import openvino

        image, guidance = torch.zeros(batch, 3, size, size), torch.zeros(batch, 3, size, size)
        with torch.inference_mode():
            features = model.encode(image)
        folder = cache or user_cache_path("napari-simpleclick", appauthor=False) / "openvino"
        folder = folder / weights_hash(model, f"{openvino.__version__} {size} {batch}")
        self._encoder = compiled(folder / "encoder.xml", Encoder(model), (image,))
        self._decoder = compiled(folder / "decoder.xml", Decoder(model), (guidance, *features))
        self._encode, self._decode = self._encoder.create_infer_request(), self._decoder.create_infer_request()

    @property
    def precision(self) -> str:
        """Precision of the arithmetic, such as "bf16"."""
        return str(self._decoder.get_property("INFERENCE_PRECISION_HINT").get_type_name())

    def encode(self, image: Tensor) -> list[Tensor]:
        """Features of images (batch, 3, size, size) in [0, 1]."""
        answers = self._encode.infer([image.numpy()], share_inputs=True)
        return [torch.from_numpy(np.array(answers[port])) for port in self._encoder.outputs]

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Logits (batch, 1, size, size)."""
        inputs = [guidance.numpy(), *(feature.numpy() for feature in features)]
        return torch.from_numpy(np.array(self._decode.infer(inputs, share_inputs=True)[0]))


def compiled(path: Path, module: nn.Module, example: tuple[Tensor, ...]) -> "openvino.CompiledModel":
    """Compile a module for the processor; from `path` if it was compiled before."""
    import openvino

    core = openvino.Core()
    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    if path.is_file():
        try:
            return core.compile_model(core.read_model(path), "CPU", settings)
        except RuntimeError:
            shutil.rmtree(path.parent, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of every number that tracing makes a constant: sizes, which are
        graph = openvino.convert_model(module, example_input=example, input=[tuple(part.shape) for part in example])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        openvino.save_model(graph, path, compress_to_fp16=False)
    except (OSError, RuntimeError):
        shutil.rmtree(path.parent, ignore_errors=True)  # a full or read-only disk: do without the cache
    return core.compile_model(graph, "CPU", settings)


def weights_hash(model: SimpleClick, facts: str) -> str:
    """Name for what is made from these weights under these facts."""
    digest = hashlib.sha256(f"{model.config} {facts}".encode())
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
