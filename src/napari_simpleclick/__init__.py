"""Outline anything in an image volume with a few clicks: SimpleClick for napari.

The public names are imported when first used, so that importing the package costs nothing and loads no torch.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.clicks import Click as Click
    from napari_simpleclick.inference.prediction import Prediction as Prediction
    from napari_simpleclick.inference.predictor import Predictor as Predictor
    from napari_simpleclick.inference.session import ClickSession as ClickSession
    from napari_simpleclick.model.weights import load_model as load_model

PUBLIC = {
    "Click": "napari_simpleclick.clicks",
    "ClickSession": "napari_simpleclick.inference.session",
    "Prediction": "napari_simpleclick.inference.prediction",
    "Predictor": "napari_simpleclick.inference.predictor",
    "load_model": "napari_simpleclick.model.weights",
}
__all__ = ["Click", "ClickSession", "Prediction", "Predictor", "load_model"]
__version__ = version("napari-simpleclick")


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; public names: {', '.join(PUBLIC)}")
    return getattr(import_module(PUBLIC[name]), name)
