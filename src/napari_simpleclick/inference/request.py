"""A request to a predictor: everything that its prediction depends on."""

from collections.abc import Sequence
from typing import NamedTuple

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import InferenceRecipe
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.roi import next_roi


class Request(NamedTuple):
    """What `PredictorLike.predict` is asked."""

    image: Plane
    """(height, width, 3) uint8 picture of the plane."""
    clicks: Sequence[Click]
    """All clicks on this object and plane, oldest first."""
    previous: Prediction | None = None
    """The prediction before the newest click."""
    view: Box | None = None
    """Where to look as long as no object is found; the whole plane if None."""

    @property
    def plane_shape(self) -> tuple[int, int]:
        """Height and width of the plane in pixels."""
        height, width, _ = self.image.shape
        return height, width

    def roi(self, recipe: InferenceRecipe) -> Box:
        """The region that the network looks at."""
        found = self.previous.object_box(recipe.object_threshold) if self.previous else None
        used = self.previous.roi if self.previous else None
        return next_roi(self.clicks, shape=self.plane_shape, found=found, used=used, view=self.view, recipe=recipe)
