"""Make graphs of OpenVINO from a model in torch, and keep them on disk."""

import shutil
import warnings
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from napari_simpleclick.inference.engines.graph_cache import (
    HALF,
    STEM,
    cache_folder,
    graph_facts,
    graph_paths,
    kept_graphs,
    precision_in,
    quantised_graph,
    save_graph,
    weights_kind,
)
from napari_simpleclick.inference.engines.network import Precision
from napari_simpleclick.inference.engines.openvino_import import import_openvino
from napari_simpleclick.inference.engines.openvino_network import OpenVinoNetwork
from napari_simpleclick.model.checkpoint import floating_state
from napari_simpleclick.model.simpleclick import SimpleClick

if TYPE_CHECKING:
    import openvino


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


def compiled_network(
    model: SimpleClick,
    *,
    size: int = 448,
    batch: int = 1,
    precision: Precision = "auto",
    threads: int | None = None,
    cache: Path | None = None,
    anew: bool = False,
) -> OpenVinoNetwork:
    """A model compiled for this processor.

    The graphs are kept in a folder of the user's cache, by hash of the weights, version and input; a damaged one is
    made again.

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
    anew
        Make the graphs whether or not they are kept.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is not installed.
    FileNotFoundError
        If int8 is asked for and the model was not quantised on this machine; says how to.
    """
    folder = graph_folder(model, size=size, batch=batch, cache=cache)
    precision = precision_in(folder, precision)
    quantised = quantised_graph(folder) if precision == "int8" else None
    place = folder / weights_kind(precision)
    kept = None if anew else kept_graphs(place)
    encoder, decoder = kept or made_graphs(model, place, size=size, batch=batch)
    return OpenVinoNetwork(
        encoder, quantised or decoder, folder=folder, precision=precision, threads=threads, kept=kept is not None
    )


def made_graphs(model: SimpleClick, folder: Path, *, size: int, batch: int) -> "tuple[openvino.Model, openvino.Model]":
    """Encoder and decoder for one size of input, kept in a folder where that can be written.

    Folders named "half" keep weights in float16, for half the file and half the memory while it is compiled.
    """
    image, guidance = example_input(size=size, batch=batch)
    with torch.inference_mode():
        features = model.encode(image)
    graphs = converted(Encoder(model), (image,)), converted(Decoder(model), (guidance, *features))
    graphs[0].set_rt_info(model.config.stem, STEM)
    try:
        for path, graph in zip(graph_paths(folder), graphs, strict=True):
            save_graph(graph, path, half=folder.name == HALF)
    except (OSError, RuntimeError):
        shutil.rmtree(folder, ignore_errors=True)  # a full or read-only disk: do without the cache
    return kept_graphs(folder) or graphs


def example_input(*, size: int, batch: int) -> tuple[Tensor, Tensor]:
    """An image and guidance of the right shape, empty."""
    return torch.zeros(batch, 3, size, size), torch.zeros(batch, 3, size, size)


def converted(module: nn.Module, example: tuple[Tensor, ...]) -> "openvino.Model":
    """A module as a graph of OpenVINO, for inputs of the shapes of the example."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of every number that tracing makes a constant: sizes, which are
        shapes = [tuple(part.shape) for part in example]
        graph: openvino.Model = import_openvino().convert_model(module, example_input=example, input=shapes)
        return graph


def graph_folder(model: SimpleClick, *, size: int, batch: int, cache: Path | None = None) -> Path:
    """Where the graphs of these weights for this input are kept.

    Parameters
    ----------
    model
        The network, whose weights name the folder.
    size
        Side of its input in pixels.
    batch
        Pictures that it takes at once.
    cache
        Folder of all graphs; the user's cache if None.
    """
    return (cache or cache_folder()) / weights_hash(model, graph_facts(size=size, batch=batch))


def weights_hash(model: SimpleClick, facts: str) -> str:
    """Name for what is made from these weights under these facts.

    Counters of batch norms are left out: checkpoints do not hold them, so that they differ from process to process.
    """
    digest = sha256(f"{model.config} {facts}".encode())
    for name, tensor in floating_state(model).items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:32]
