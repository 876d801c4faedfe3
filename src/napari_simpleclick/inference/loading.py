"""Load a model by name as a predictor that knows what it is called, so that a session file can name it.

torch is imported only where no earlier start on this machine compiled the network.
"""

from napari_simpleclick.inference.engines.cached_network import ready_network
from napari_simpleclick.inference.engines.device import surely_cpu
from napari_simpleclick.inference.engines.network import Engine, Precision
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import find_weights, load_model, model_name, sha256


def load_predictor(
    model: str,
    *,
    engine: Engine = "auto",
    precision: Precision = "auto",
    device: str = "auto",
    flip: bool = False,
    size: int = 448,
) -> Predictor:
    """A predictor of a model on the fastest engine, or on the one that is asked for.

    Parameters
    ----------
    model
        Name or file.
    engine
        "auto", "torch" or "openvino".
    precision
        "auto", or the precision of the arithmetic.
    device
        "auto", "cpu", "cuda" or "mps".
    flip
        Average with the mirror image.
    size
        Side of the network's input in pixels.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such model or engine; says which there are.
    """
    if engine != "torch" and precision == "auto":
        ready = load_ready_predictor(model, device=device, flip=flip, size=size)
        if ready is not None:
            return ready
    from napari_simpleclick.inference.engines.device import choose_device
    from napari_simpleclick.inference.engines.selection import choose_network

    where, checkpoint = choose_device(device), sha256(find_weights(model))
    chosen = choose_network(
        load_model(model),
        engine=engine,
        precision=precision,
        device=where,
        size=size,
        batch=2 if flip else 1,
        checkpoint=checkpoint,
    )
    return Predictor(chosen.network, flip=flip, size=size, facts=model_facts(model, checkpoint, chosen.engine))


def load_ready_predictor(model: str, *, device: str = "auto", flip: bool = False, size: int = 448) -> Predictor | None:
    """A predictor of a model as an earlier start compiled it, without torch; None where that has to be asked.

    Parameters
    ----------
    model, device, flip, size
        As for `load_predictor`.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such model; says which there are.
    """
    if not surely_cpu(device):
        return None
    checkpoint = sha256(find_weights(model))
    chosen = ready_network(checkpoint, size=size, batch=2 if flip else 1)
    if chosen is None:
        return None
    return Predictor(chosen.network, flip=flip, size=size, facts=model_facts(model, checkpoint, chosen.engine))


def model_facts(model: str, checkpoint: str, engine: str) -> dict[str, str]:
    """What tells the model and its arithmetic from others: name, sha256 of the file, engine with precision."""
    return {"model": model_name(find_weights(model)), "sha256": checkpoint, "engine": engine}
