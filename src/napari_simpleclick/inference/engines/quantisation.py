"""Quantise a network to int8 after its training, and keep what that costs beside the graph.

Only the products of the transformer are quantised: measured on processors with matrix units, convolutions in int8 gain
nothing there, and the pyramid and the head decide on the outlines.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from napari_simpleclick.files import write_text
from napari_simpleclick.inference.engines.graph_cache import INT8_GRAPH, INT8_RESULT, save_graph
from napari_simpleclick.inference.engines.network import Features, Images, Logits
from napari_simpleclick.inference.engines.openvino_graphs import Decoder, converted, example_input, graph_folder
from napari_simpleclick.inference.engines.openvino_import import import_openvino
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.recipe import PUBLISHED
from napari_simpleclick.model.simpleclick import SimpleClick

LARGEST_LOSS = 0.3
"""Points of mIoU@10 that int8 may cost where it is offered."""

LEFT_ALONE = ("Convolution", "ConvolutionBackpropData", "GroupConvolution", "Interpolate", "MVN", "Add", "Multiply")
"""Kinds of operations that stay in floating point."""


@dataclass(frozen=True, slots=True)
class Int8Result:
    """What int8 costs and gains.

    Parameters
    ----------
    miou_float32, miou_int8
        Mean IoU after the last click in per cent, on objects that were not calibrated with.
    objects, clicks
        How many objects were clicked, and how often each.
    other_ms, int8_ms
        Median time of a click in the best other precision and in int8.
    """

    miou_float32: float
    miou_int8: float
    objects: int
    clicks: int
    other_ms: float
    int8_ms: float

    @property
    def loss(self) -> float:
        """Points of mean IoU that int8 loses."""
        return self.miou_float32 - self.miou_int8

    @property
    def offered(self) -> bool:
        """Whether int8 loses little and is faster."""
        return self.loss < LARGEST_LOSS and self.int8_ms < self.other_ms


class Recorder:
    """A network that keeps what the decoder was given, to calibrate with.

    Parameters
    ----------
    model
        The network.
    """

    def __init__(self, model: SimpleClick) -> None:
        self.network = TorchNetwork(model)
        self.recipe, self.fixed_batch, self.coarse = PUBLISHED, False, False
        self.inputs: list[tuple[np.ndarray, ...]] = []

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1]."""
        return self.network.encode(image)

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance, which are kept."""
        self.inputs.append((guidance.copy(), *(feature.numpy().copy() for feature in features)))
        return self.network.decode(features, guidance)


def quantise(
    model: SimpleClick, inputs: Iterable[tuple[np.ndarray, ...]], *, size: int = 448, cache: Path | None = None
) -> Path:
    """Make the int8 graph of a model and keep it in the cache, without offering it yet.

    Parameters
    ----------
    model
        The network in torch.
    inputs
        Guidance and features as the decoder gets them, of real clicks; see `Recorder`.
    size
        Side of the network's input in pixels.
    cache
        Folder for compiled graphs; the user's cache by default.

    Returns
    -------
    Path
        The folder of the graph.

    Raises
    ------
    ModuleNotFoundError
        If NNCF or OpenVINO is not installed; says how to get them.
    """
    try:
        import_openvino()  # before NNCF, which brings it along
        import nncf
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f'{error.name} is missing: pip install "napari-simpleclick[int8]"') from error
    nncf.set_log_level(logging.ERROR)
    folder = graph_folder(model, size=size, batch=1, cache=cache)
    image, guidance = example_input(size=size, batch=1)
    with torch.inference_mode():
        features = model.encode(image)
    graph = converted(Decoder(model), (guidance, *features))
    rows = [list(row) for row in inputs]
    quantised = nncf.quantize(
        graph,
        nncf.Dataset(rows),
        subset_size=len(rows),
        model_type=nncf.ModelType.TRANSFORMER,
        ignored_scope=nncf.IgnoredScope(types=list(LEFT_ALONE), validate=False),
    )
    (folder / INT8_RESULT).unlink(missing_ok=True)
    save_graph(quantised, folder / INT8_GRAPH, half=True)
    return folder


def keep_result(folder: Path, result: Int8Result) -> None:
    """Keep what was measured beside the graph; `select_network` takes int8 by itself where it is offered."""
    write_text(folder / INT8_RESULT, json.dumps({**asdict(result), "offered": result.offered}))
