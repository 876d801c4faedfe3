"""A question to a predictor: everything that an answer depends on."""

from collections.abc import Sequence
from typing import NamedTuple

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.resample import Plane


class Question(NamedTuple):
    """What `PredictorLike.predict` is asked."""

    image: Plane
    """(height, width, 3) uint8 picture of the plane."""
    clicks: Sequence[Click]
    """All clicks on this object and plane, oldest first."""
    previous: Prediction | None = None
    """The prediction before the newest click."""
    view: Box | None = None
    """Where to look as long as no object is found; the whole plane if None."""
