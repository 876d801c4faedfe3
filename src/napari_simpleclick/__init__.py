"""Outline anything in an image volume with a few clicks: SimpleClick for napari.

The public names are imported when first used, so that importing the package costs nothing and loads no torch.
They are described in docs/reference/python.md.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_simpleclick.annotation.annotator import Annotator as Annotator
    from napari_simpleclick.clicks import Click as Click
    from napari_simpleclick.data.io import read_volume as read_volume
    from napari_simpleclick.evaluation.evaluate import evaluate as evaluate
    from napari_simpleclick.inference.loading import load_predictor as load_predictor
    from napari_simpleclick.inference.prediction import Prediction as Prediction
    from napari_simpleclick.inference.predictor import Predictor as Predictor
    from napari_simpleclick.inference.propagation.propagate import propagate as propagate
    from napari_simpleclick.inference.session import ClickSession as ClickSession
    from napari_simpleclick.model.weights import load_model as load_model
    from napari_simpleclick.prompts import box as box
    from napari_simpleclick.prompts import lasso as lasso
    from napari_simpleclick.prompts import scribble as scribble

PUBLIC = {
    "Annotator": "napari_simpleclick.annotation.annotator",
    "Click": "napari_simpleclick.clicks",
    "ClickSession": "napari_simpleclick.inference.session",
    "Prediction": "napari_simpleclick.inference.prediction",
    "Predictor": "napari_simpleclick.inference.predictor",
    "box": "napari_simpleclick.prompts",
    "evaluate": "napari_simpleclick.evaluation.evaluate",
    "lasso": "napari_simpleclick.prompts",
    "load_model": "napari_simpleclick.model.weights",
    "load_predictor": "napari_simpleclick.inference.loading",
    "propagate": "napari_simpleclick.inference.propagation.propagate",
    "read_volume": "napari_simpleclick.data.io",
    "scribble": "napari_simpleclick.prompts",
}
"""Public names, and the modules that they come from."""

__all__ = [
    "Annotator",
    "Click",
    "ClickSession",
    "Prediction",
    "Predictor",
    "box",
    "evaluate",
    "lasso",
    "load_model",
    "load_predictor",
    "propagate",
    "read_volume",
    "scribble",
]
__version__ = version("napari-simpleclick")


def __getattr__(name: str) -> object:
    """Import a public name when it is first used.

    Raises
    ------
    AttributeError
        If there is no such name; lists those that there are.
    """
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; public names: {', '.join(PUBLIC)}")
    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *PUBLIC])
