"""Load a model by name as a predictor that knows what it is called, so that a session file can name it."""

from napari_simpleclick.inference.device import choose_device
from napari_simpleclick.inference.networks import choose_network
from napari_simpleclick.inference.precision import Engine
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import find_weights, load_model, model_name, sha256


def load_predictor(model: str, *, engine: Engine = "auto", device: str = "auto", flip: bool = False) -> Predictor:
    """A predictor of a model on the fastest engine, or on the one that is asked for.

    Parameters
    ----------
    model
        Name or file.
    engine
        "auto", "torch" or "openvino".
    device
        "auto", "cpu", "cuda" or "mps".
    flip
        Average with the mirror image.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such model or engine; says which there are.
    """
    chosen = choose_network(load_model(model), engine=engine, device=choose_device(device), batch=2 if flip else 1)
    return Predictor(chosen.network, flip=flip, device=choose_device(device), facts=model_facts(model, chosen.engine))


def model_facts(model: str, engine: str) -> dict[str, str]:
    """What tells the model and its arithmetic from others: name, sha256 of the file, engine with precision."""
    path = find_weights(model)
    return {"model": model_name(path), "sha256": sha256(path), "engine": engine}
