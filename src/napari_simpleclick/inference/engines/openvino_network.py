"""The network compiled by OpenVINO for this processor; needs no torch."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_simpleclick.inference.engines.graph_cache import core, prune, stem_of
from napari_simpleclick.inference.engines.mapped_files import let_go
from napari_simpleclick.inference.engines.network import Features, Images, Logits, Precision
from napari_simpleclick.inference.recipe import recipe_for
from napari_simpleclick.inference.resample import enlarge_map

if TYPE_CHECKING:
    import openvino


class OpenVinoNetwork:
    """A model compiled for this processor.

    Logits are enlarged outside the graph, in float32 whatever the precision of the graph.

    Parameters
    ----------
    encoder, decoder
        The graphs, for one size of input.
    folder
        Where they are kept.
    precision
        "auto" is what OpenVINO finds best for the processor; "int8" if the decoder is quantised.
    threads
        Threads of the processor; None takes all cores.
    kept
        Whether the graphs were there rather than made now.
    """

    def __init__(
        self,
        encoder: "openvino.Model",
        decoder: "openvino.Model",
        *,
        folder: Path,
        precision: Precision = "auto",
        threads: int | None = None,
        kept: bool = False,
    ) -> None:
        self.folder = folder
        self.kept = kept
        self.recipe = recipe_for(stem_of(encoder))
        self.fixed_batch, self.coarse = True, False
        self._kind = precision
        with ThreadPoolExecutor(1) as beside:
            first = beside.submit(compiled, encoder, precision, threads)
            self._decoder = compiled(decoder, precision, threads)
            self._encoder = first.result()
        self._encode, self._decode = self._encoder.create_infer_request(), self._decoder.create_infer_request()
        for weights in (*folder.glob("*.bin"), *folder.glob("[!.]*/*.bin")):  # not what another process writes just now
            let_go(weights)
        prune(folder.parent, used=folder)

    @property
    def precision(self) -> str:
        """Precision of the arithmetic, such as "bf16"."""
        arithmetic = str(self._decoder.get_property("INFERENCE_PRECISION_HINT").get_type_name())
        return "int8" if self._kind == "int8" else arithmetic

    def encode(self, image: Images) -> Features:
        """Features of images in [0, 1]."""
        answers = self._encode.infer([image], share_inputs=True)
        return [np.array(answers[port]) for port in self._encoder.outputs]

    def decode(self, features: Features, guidance: Images) -> Logits:
        """Logits from features and guidance."""
        coarse = self._decode.infer([guidance, *features], share_inputs=True)[0]
        return np.stack([enlarge_map(each, guidance.shape[-1]) for each in coarse[:, 0]])[:, None]


def compiled(graph: "openvino.Model", precision: Precision, threads: int | None = None) -> "openvino.CompiledModel":
    """Compile a graph for short answers on this processor."""
    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        settings["INFERENCE_NUM_THREADS"] = threads
    if precision in ("f32", "bf16"):
        settings["INFERENCE_PRECISION_HINT"] = precision
    return core().compile_model(graph, "CPU", settings)
