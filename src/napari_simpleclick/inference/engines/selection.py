"""Choose what computes the network: torch or OpenVINO, in the precision that is fastest and still agrees."""

from dataclasses import replace

import torch

from napari_simpleclick.inference.engines.cuda_network import CudaNetwork
from napari_simpleclick.inference.engines.graph_cache import keep_answer, note_file
from napari_simpleclick.inference.engines.network import Engine, Network, Precision, disagreement, trial_answer
from napari_simpleclick.inference.engines.openvino_graphs import compiled_network
from napari_simpleclick.inference.engines.selected_network import SelectedNetwork, tolerance
from napari_simpleclick.inference.engines.torch_network import TorchNetwork
from napari_simpleclick.inference.engines.two_sizes import TwoSizes
from napari_simpleclick.model.simpleclick import SimpleClick

OPENVINO_PRECISIONS = ("auto", "f32", "bf16", "int8")
TORCH_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}
GET_OPENVINO = 'pip install "napari-simpleclick[openvino]"'
WORDS = {"bf16": "bfloat16", "f16": "float16"}


def select_network(
    model: SimpleClick,
    *,
    engine: Engine = "auto",
    precision: Precision = "auto",
    device: torch.device | str = "cpu",
    size: int = 448,
    batch: int = 1,
    threads: int | None = None,
    checkpoint: str | None = None,
) -> SelectedNetwork:
    """The fastest network that computes what the model computes.

    On the processor that is OpenVINO, where it is installed; on a CUDA device torch in float16; elsewhere torch in
    float32. Whatever is not float32 torch is compared with it on a fixed input, and refused when it differs.

    Parameters
    ----------
    model
        The network in torch, on the processor.
    engine
        "auto", or the engine to take.
    precision
        "auto", or the precision to take.
    device
        Where torch runs.
    size, batch
        The input to compile for: side in pixels; 2 with mirror averaging, else 1.
    threads
        Threads of OpenVINO; None leaves the choice to it. Those of torch are set for the whole process elsewhere.
    checkpoint
        sha256 of the file that the model came from, to be found by `cached_network` the next time.

    Raises
    ------
    ModuleNotFoundError
        If OpenVINO is asked for and not installed; says how to get it.
    FileNotFoundError
        If int8 is asked for and the model was not quantised on this machine; says how to.
    ValueError
        If OpenVINO is asked for on another device than the processor, or an engine has no such precision.
    """
    where = torch.device(device)
    if engine == "openvino" and where.type != "cpu":
        raise ValueError(f"OpenVINO runs on the processor, got device {device}. Choose the device cpu or engine torch.")
    if engine == "torch" or where.type != "cpu" or precision == "f16":
        if engine == "openvino" or precision == "int8":
            raise ValueError(refusal(engine, precision, where))
        return torch_network(model, precision, where, size=size, batch=batch)
    try:
        full = compiled_choice(model, precision, size=size, batch=batch, threads=threads, checkpoint=checkpoint)
        coarse_size = full.network.recipe.coarse_size(size)
        if coarse_size == size or full.network.coarse:
            return full
        if precision == "int8":
            precision = "auto"  # only the graph of the full size is quantised
        coarse = compiled_choice(
            model, precision, size=coarse_size, batch=batch, threads=threads, checkpoint=checkpoint
        )
        return replace(full, network=TwoSizes(full.network, coarse.network), notice=full.notice or coarse.notice)
    except ModuleNotFoundError as error:
        if engine == "openvino" or precision == "int8":
            raise ModuleNotFoundError(f"OpenVINO is missing: {GET_OPENVINO}") from error
        notice = f"Clicks are answered by torch. OpenVINO would be about three times faster: {GET_OPENVINO}"
        return replace(torch_network(model, precision, where, size=size, batch=batch), notice=notice)


def compiled_choice(
    model: SimpleClick, precision: Precision, *, size: int, batch: int, threads: int | None, checkpoint: str | None
) -> SelectedNetwork:
    """The model compiled for the processor; where that does not agree, in float32, and else the model in torch."""
    plain = SelectedNetwork(TorchNetwork(model), "torch float32 on cpu")
    expected = trial_answer(plain.network, size=size, batch=batch)
    compiled = compiled_network(model, size=size, batch=batch, precision=precision, threads=threads)
    difference = disagreement(expected, compiled)
    if difference > tolerance(compiled.precision) and compiled.kept:  # perhaps the file is damaged
        compiled = compiled_network(model, size=size, batch=batch, precision=precision, threads=threads, anew=True)
        difference = disagreement(expected, compiled)
    found = checked(SelectedNetwork(compiled, f"OpenVINO {compiled.precision}"), plain, compiled.precision, difference)
    if found.network is compiled:
        keep_answer(compiled.folder, expected)
        if checkpoint is not None:
            note_file(checkpoint, compiled.folder, size=size, batch=batch)
    elif precision == "auto" and compiled.precision != "f32":
        exact = compiled_choice(model, "f32", size=size, batch=batch, threads=threads, checkpoint=None)
        if not exact.notice:
            return replace(exact, notice=found.notice.replace("torch is used", f"{exact.engine} is used"))
    return found


def torch_network(
    model: SimpleClick, precision: Precision, device: torch.device, *, size: int, batch: int
) -> SelectedNetwork:
    """The model in torch on a device, in half the precision where that is asked for or faster and safe."""
    if precision == "auto":
        precision = "f16" if device.type == "cuda" else "f32"
    plain = SelectedNetwork(TorchNetwork(model, device), f"torch float32 on {device.type}")
    if precision == "f32":
        return plain
    name = f"torch {WORDS[precision]} on {device.type}"
    try:
        half: Network
        if device.type == "cuda":
            half = CudaNetwork(model, device, TORCH_DTYPES[precision], size=size, batch=batch)
        else:
            half = TorchNetwork(model, device, TORCH_DTYPES[precision])
        difference = disagreement(trial_answer(plain.network, size=size, batch=batch), half)
    except RuntimeError as error:  # an old GPU, or one whose memory is full
        return replace(plain, notice=f"{name} does not work here ({error}); {plain.engine} is used instead.")
    return checked(SelectedNetwork(half, name), plain, precision, difference)


def checked(chosen: SelectedNetwork, plain: SelectedNetwork, precision: str, difference: float) -> SelectedNetwork:
    """The selected network if its probabilities differ by no more than is tolerated, else torch and a notice."""
    if difference <= tolerance(precision):
        return chosen
    notice = f"{chosen.engine} differs from torch by {difference:.3f} in probability here; torch is used instead."
    return replace(plain, notice=notice)


def refusal(engine: Engine, precision: Precision, device: torch.device) -> str:
    """Why an engine cannot compute in a precision, and what can."""
    if precision == "int8":
        return f"int8 is for OpenVINO on the processor, got engine {engine} on {device.type}. Choose openvino and cpu."
    return f"OpenVINO has no precision {precision} here. Choose one of: {', '.join(OPENVINO_PRECISIONS)}."
