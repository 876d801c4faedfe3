"""Load a model by name as a predictor that knows what it is called, so that a session file can name it."""

from napari_simpleclick.inference.device import choose_device
from napari_simpleclick.inference.networks import choose_network
from napari_simpleclick.inference.precision import Engine, Precision
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
    where = choose_device(device)
    chosen = choose_network(
        load_model(model), engine=engine, precision=precision, device=where, size=size, batch=2 if flip else 1
    )
    return Predictor(chosen.network, flip=flip, size=size, device=where, facts=model_facts(model, chosen.engine))


def model_facts(model: str, engine: str) -> dict[str, str]:
    """What tells the model and its arithmetic from others: name, sha256 of the file, engine with precision."""
    path = find_weights(model)
    return {"model": model_name(path), "sha256": sha256(path), "engine": engine}
