"""The network as an earlier start compiled it, without torch, whose import alone would take longer than a click."""

from dataclasses import replace

from napari_simpleclick.inference.engines.graph_cache import (
    folder_of_file,
    kept_answer,
    kept_graphs,
    precision_in,
    quantised_graph,
    weights_kind,
)
from napari_simpleclick.inference.engines.network import disagreement
from napari_simpleclick.inference.engines.openvino_network import OpenVinoNetwork
from napari_simpleclick.inference.engines.selected_network import SelectedNetwork, tolerance
from napari_simpleclick.inference.engines.two_sizes import TwoSizes


def cached_network(checkpoint: str, *, size: int = 448, batch: int = 1) -> SelectedNetwork | None:
    """What `select_network` chose on the processor for a checkpoint at an earlier start.

    It is compared with what float32 torch answered then.

    Parameters
    ----------
    checkpoint
        sha256 of the file.
    size, batch
        The input: side in pixels; 2 with mirror averaging, else 1.

    Returns
    -------
    SelectedNetwork or None
        None if anything is missing or damaged, or if the network does not agree any more: `select_network` makes it
        again.
    """
    full = of_one_size(checkpoint, size=size, batch=batch)
    coarse_size = size if full is None else full.network.recipe.coarse_size(size)
    if full is None or coarse_size == size:
        return full
    coarse = of_one_size(checkpoint, size=coarse_size, batch=batch)
    return None if coarse is None else replace(full, network=TwoSizes(full.network, coarse.network))


def of_one_size(checkpoint: str, *, size: int, batch: int) -> SelectedNetwork | None:
    """What `cached_network` returns, for inputs of this size only."""
    try:
        folder = folder_of_file(checkpoint, size=size, batch=batch)
        expected = kept_answer(folder, size=size, batch=batch) if folder else None
        if folder is None or expected is None:
            return None
        precision = precision_in(folder, "auto")
        quantised = quantised_graph(folder) if precision == "int8" else None
        graphs = kept_graphs(folder / weights_kind(precision))
        if graphs is None:
            return None
        network = OpenVinoNetwork(graphs[0], quantised or graphs[1], folder=folder, precision=precision, kept=True)
        agrees = disagreement(expected, network) <= tolerance(network.precision)
    except (ModuleNotFoundError, OSError, RuntimeError):  # RuntimeError is what OpenVINO raises whatever is wrong
        return None
    return SelectedNetwork(network, f"OpenVINO {network.precision}") if agrees else None
