"""Load a model by name as a predictor."""

from napari_simpleclick.inference.engines.network import Engine, Precision
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.predictor_settings import FULL_SIZE, PredictorSettings
from napari_simpleclick.model.weights import DEFAULT_MODEL


def load_predictor(
    model: str = DEFAULT_MODEL,
    *,
    engine: Engine = "auto",
    precision: Precision = "auto",
    device: str = "auto",
    flip: bool = False,
    size: int = FULL_SIZE,
) -> Predictor:
    """A predictor of a model on the fastest engine, or on a chosen one.

    Parameters
    ----------
    model
        Name or file of the weights.
    engine, precision, device, flip, size
        As for `PredictorSettings`.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such model or engine; says which there are.
    ModuleNotFoundError
        If OpenVINO is asked for and not installed; says how to get it.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_simpleclick import Click, load_predictor
    >>> predictor = load_predictor()
    >>> predictor.predict(np.zeros((60, 80, 3), np.uint8), [Click(30, 40)]).mask().shape
    (60, 80)
    """
    return PredictorSettings(
        model=model, engine=engine, precision=precision, device=device, flip=flip, size=size
    ).create()
