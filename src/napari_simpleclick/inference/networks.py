"""Choose what computes the network: torch or OpenVINO, in the precision that is fastest and still agrees."""

from dataclasses import dataclass, replace

import torch

from napari_simpleclick.inference.half_network import HalfNetwork
from napari_simpleclick.inference.openvino_network import OpenVinoNetwork
from napari_simpleclick.inference.precision import TOLERANCES, Engine, Network, Precision, disagreement
from napari_simpleclick.model.simpleclick import SimpleClick

OPENVINO_PRECISIONS = ("auto", "f32", "bf16", "int8")
TORCH_DTYPES = {"bf16": torch.bfloat16, "f16": torch.float16}
GET_OPENVINO = 'pip install "napari-simpleclick[openvino]"'
WORDS = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


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
        Why it is not the one that was asked for, or not a faster one; empty if nothing is to be said.
    """

    network: Network
    engine: str
    notice: str = ""


def choose_network(
    model: SimpleClick,
    *,
    engine: Engine = "auto",
    precision: Precision = "auto",
    device: torch.device | str = "cpu",
    size: int = 448,
    batch: int = 1,
    threads: int | None = None,
) -> ChosenNetwork:
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
        compiled = OpenVinoNetwork(model, size=size, batch=batch, precision=precision, threads=threads)
    except ModuleNotFoundError as error:
        if engine == "openvino" or precision == "int8":
            raise ModuleNotFoundError(f"OpenVINO is missing: {GET_OPENVINO}") from error
        notice = f"Clicks are answered by torch. OpenVINO would be about three times faster: {GET_OPENVINO}"
        return replace(torch_network(model, precision, where, size=size, batch=batch), notice=notice)
    chosen = ChosenNetwork(compiled, f"OpenVINO {compiled.precision}")
    found = checked(chosen, model, compiled.precision, where, size=size, batch=batch)
    if found.network is model and precision == "auto" and compiled.precision != "f32":
        exact = choose_network(
            model, engine="openvino", precision="f32", device=device, size=size, batch=batch, threads=threads
        )
        if exact.network is not model:
            return replace(exact, notice=found.notice.replace("torch is used", f"{exact.engine} is used"))
    return found


def torch_network(
    model: SimpleClick, precision: Precision, device: torch.device, *, size: int, batch: int
) -> ChosenNetwork:
    """The model in torch on a device, in half the precision where that is asked for or faster and safe."""
    model = model.to(device)
    if precision == "auto":
        precision = "f16" if device.type == "cuda" else "f32"
    engine = f"torch {WORDS[precision]} on {device.type}"
    if precision == "f32":
        return ChosenNetwork(model, engine)
    half = HalfNetwork(model, device, TORCH_DTYPES[precision])
    return checked(ChosenNetwork(half, engine), model, precision, device, size=size, batch=batch)


def checked(
    chosen: ChosenNetwork, model: SimpleClick, precision: str, device: torch.device, *, size: int, batch: int
) -> ChosenNetwork:
    """The chosen network if it agrees with the model, else the model and a notice."""
    difference = disagreement(model, chosen.network, size=size, batch=batch, device=device)
    if difference <= TOLERANCES.get(precision, min(TOLERANCES.values())):
        return chosen
    notice = f"{chosen.engine} differs from torch by {difference:.3f} in probability here; torch is used instead."
    return ChosenNetwork(model, f"torch float32 on {device.type}", notice)


def refusal(engine: Engine, precision: Precision, device: torch.device) -> str:
    """Why an engine cannot compute in a precision, and what can."""
    if precision == "int8":
        return f"int8 is for OpenVINO on the processor, got engine {engine} on {device.type}. Choose openvino and cpu."
    return f"OpenVINO has no precision {precision} here. Choose one of: {', '.join(OPENVINO_PRECISIONS)}."
