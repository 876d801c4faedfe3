"""The network compiled by OpenVINO for this processor, and kept on disk."""

import hashlib
import json
import shutil
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from platformdirs import user_cache_path
from torch import Tensor, nn

from napari_simpleclick.inference.mapped_files import let_go
from napari_simpleclick.inference.precision import Precision
from napari_simpleclick.model.checkpoint import floating_state
from napari_simpleclick.model.simpleclick import SimpleClick, enlarge_logits

if TYPE_CHECKING:
    import openvino

HALF = "half"

INT8_GRAPH, INT8_RESULT = "int8.xml", "int8.json"
"""The quantised decoder, and what it costs; see `quantisation`."""

KEPT = 32
"""So many compiled models stay in the cache; those that were used last."""


@lru_cache(maxsize=1)
def core() -> "openvino.Core":
    """OpenVINO's one entry for the whole process.

    On processors with AMX every `Core` gives its thread a stack for signals and takes it back when it goes. Two that go
    in the order in which they came leave the thread a stack that is unmapped, and the next signal (a child process that
    ends is enough) crashes the process.
    """
    import openvino

    return openvino.Core()


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
        """Logits (batch, 1, size / 4, size / 4)."""
        return self.model.coarse_logits(features, guidance)


class OpenVinoNetwork:
    """The model compiled for this processor.

    The graphs are kept in a folder of the user's cache, by hash of the weights, version and input; a damaged one is
    made again. Logits are enlarged outside the graph, in float32 whatever the precision of the graph.

    Parameters
    ----------
    model
        The network in torch.
    size, batch
        The only input that it takes.
    precision
        "auto" is int8 where that was measured here to be exact enough and faster, else what OpenVINO finds best for the
        processor. "int8" takes the graph that `quantise` made before.
    threads
        Threads of the processor; None takes all cores.
    cache
        Folder for compiled graphs; the user's cache by default.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is not installed.
    FileNotFoundError
        If int8 is asked for and the model was not quantised on this machine; says how to.
    """

    fixed_batch = True
    """Graphs are compiled for one size of batch."""

    def __init__(
        self,
        model: SimpleClick,
        *,
        size: int = 448,
        batch: int = 1,
        precision: Precision = "auto",
        threads: int | None = None,
        cache: Path | None = None,
    ) -> None:
        folder = graph_folder(model, size=size, batch=batch, cache=cache)
        if precision == "auto" and int8_offered(folder):
            precision = "int8"
        quantised = quantised_graph(folder) if precision == "int8" else None
        encoder, decoder = graphs(model, folder / weights_kind(precision), size=size, batch=batch)
        self._kind = precision
        parts = encoder, quantised or decoder
        self._encoder, self._decoder = (compiled(graph, precision, threads) for graph in parts)
        self._encode, self._decode = self._encoder.create_infer_request(), self._decoder.create_infer_request()
        for weights in folder.rglob("*.bin"):
            let_go(weights)
        prune(folder.parent, used=folder)

    @property
    def precision(self) -> str:
        """Precision of the arithmetic, such as "bf16"."""
        arithmetic = str(self._decoder.get_property("INFERENCE_PRECISION_HINT").get_type_name())
        return "int8" if self._kind == "int8" else arithmetic

    def encode(self, image: Tensor) -> list[Tensor]:
        """Features of images (batch, 3, size, size) in [0, 1]."""
        answers = self._encode.infer([image.numpy()], share_inputs=True)
        return [torch.from_numpy(np.array(answers[port])) for port in self._encoder.outputs]

    def decode(self, features: Sequence[Tensor], guidance: Tensor) -> Tensor:
        """Logits (batch, 1, size, size)."""
        inputs = [guidance.numpy(), *(feature.numpy() for feature in features)]
        coarse = self._decode.infer(inputs, share_inputs=True)[0]
        return enlarge_logits(torch.from_numpy(np.array(coarse)), guidance)


def graphs(model: SimpleClick, folder: Path, *, size: int, batch: int) -> "tuple[openvino.Model, openvino.Model]":
    """Encoder and decoder for one size of input; from `folder` where they were converted before.

    Folders named "half" keep weights in float16, for half the file and half the memory while it is compiled.
    """
    import openvino

    paths = folder / "encoder.xml", folder / "decoder.xml"
    if all(path.is_file() for path in paths):
        try:
            encoder, decoder = (core().read_model(path) for path in paths)
            return encoder, decoder
        except RuntimeError:
            shutil.rmtree(folder, ignore_errors=True)
    image, guidance = example_input(size=size, batch=batch)
    with torch.inference_mode():
        features = model.encode(image)
    encoder = converted(Encoder(model), (image,))
    decoder = converted(Decoder(model), (guidance, *features))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, graph in zip(paths, (encoder, decoder), strict=True):
            openvino.save_model(graph, path, compress_to_fp16=folder.name == HALF)
        encoder, decoder = (core().read_model(path) for path in paths)
    except (OSError, RuntimeError):
        shutil.rmtree(folder, ignore_errors=True)  # a full or read-only disk: do without the cache
    return encoder, decoder


def weights_kind(precision: Precision) -> str:
    """Folder for the graphs by the precision of their weights: half where the arithmetic is no finer."""
    able = core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "full" if precision == "f32" or (precision == "auto" and "BF16" not in able) else HALF


def example_input(*, size: int, batch: int) -> tuple[Tensor, Tensor]:
    """An image and guidance of the right shape, empty."""
    return torch.zeros(batch, 3, size, size), torch.zeros(batch, 3, size, size)


def converted(module: nn.Module, example: tuple[Tensor, ...]) -> "openvino.Model":
    """A module as a graph of OpenVINO, for inputs of the shapes of the example."""
    import openvino

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of every number that tracing makes a constant: sizes, which are
        return openvino.convert_model(module, example_input=example, input=[tuple(part.shape) for part in example])


def compiled(graph: "openvino.Model", precision: Precision, threads: int | None = None) -> "openvino.CompiledModel":
    """Compile a graph for short answers on this processor."""
    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        settings["INFERENCE_NUM_THREADS"] = threads
    if precision in ("f32", "bf16"):
        settings["INFERENCE_PRECISION_HINT"] = precision
    return core().compile_model(graph, "CPU", settings)


def quantised_graph(folder: Path) -> "openvino.Model":
    """The int8 decoder that was made on this machine."""
    path = folder / INT8_GRAPH
    try:
        return core().read_model(path)
    except RuntimeError as error:
        raise FileNotFoundError(
            "This model was not quantised to int8 on this machine for this input. "
            "Run: napari-simpleclick quantise --model NAME"
        ) from error


def int8_offered(folder: Path) -> bool:
    """Whether int8 was measured on this machine to lose little and to be faster."""
    try:
        return (folder / INT8_GRAPH).is_file() and bool(json.loads((folder / INT8_RESULT).read_text())["offered"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def graph_folder(model: SimpleClick, *, size: int, batch: int, cache: Path | None = None) -> Path:
    """Where the graphs of these weights for this input are kept."""
    import openvino

    folder = cache or user_cache_path("napari-simpleclick", appauthor=False) / "openvino"
    return folder / weights_hash(model, f"{openvino.__version__} {size} {batch} 2")


def weights_hash(model: SimpleClick, facts: str) -> str:
    """Name for what is made from these weights under these facts.

    Counters of batch norms are left out: checkpoints do not hold them, so that they differ from process to process.
    """
    digest = hashlib.sha256(f"{model.config} {facts}".encode())
    for name, tensor in floating_state(model).items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]


def prune(cache: Path, *, used: Path) -> None:
    """Remove the compiled models that were not used for longest, so that the cache does not grow for ever."""
    try:
        used.touch()
        folders = sorted((path for path in cache.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    except OSError:  # no cache, or another process removes the same
        return
    for folder in folders[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
