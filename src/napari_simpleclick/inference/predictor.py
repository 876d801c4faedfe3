"""Predictor: a network that maps a picture, clicks and the previous prediction to a prediction."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from napari_simpleclick.array_types import Float32
from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.click_constraints import force_clicks, keep_inside
from napari_simpleclick.inference.engines.network import Features, Images, Network
from napari_simpleclick.inference.logits import sigmoid
from napari_simpleclick.inference.looks import answer_in_looks
from napari_simpleclick.inference.network_input import guidance_maps, read_crop
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import COARSE_SIZE, InferenceRecipe
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.resample import Plane, pixels_now, same_picture
from napari_simpleclick.prompts import path_of

if TYPE_CHECKING:
    import torch

    from napari_simpleclick.model.simpleclick import SimpleClick


@dataclass(frozen=True, slots=True, eq=False)
class KeptFeatures:
    """Features of a region of a picture, and the pixels that they were made from.

    Parameters
    ----------
    image, roi, size
        Picture, region, and side of the input in pixels.
    pixels
        What the picture held there then; None where it is read from elsewhere than memory.
    maps
        The features.
    """

    image: Plane
    roi: Box
    size: int
    pixels: bytes | None
    maps: Features

    def serves(self, image: Plane, roi: Box, size: int, pixels: bytes | None) -> bool:
        """Whether the network would see the same once more: an array may hold another picture by now."""
        arrays = isinstance(image, np.ndarray) and isinstance(self.image, np.ndarray)
        seen = (self.roi, self.size, self.pixels) == (roi, size, pixels)
        return seen and (arrays or same_picture(image, self.image))


class Predictor:
    """SimpleClick's prediction around a network; the image's features are kept while picture and region stay.

    Parameters
    ----------
    network
        What `select_network` gives, or a `SimpleClick`, which torch computes then.
    flip
        Average the prediction of the crop and of its mirror image: published scores do, at twice the cost.
    size
        Side of the network's input in pixels: at most 224, or a multiple of it.
    device
        Where a `SimpleClick` runs.
    facts
        What names model and engine, for session files: plain values.
    recipe
        Rules around the network, such as how large objects are shown; None as the network was trained.
    """

    def __init__(
        self,
        network: "Network | SimpleClick",
        *,
        flip: bool = False,
        size: int = 448,
        device: "torch.device | str" = "cpu",
        facts: Mapping[str, Any] | None = None,
        recipe: InferenceRecipe | None = None,
    ) -> None:
        self.network = for_arrays(network, device)
        self.recipe = recipe or self.network.recipe
        self.flip = flip
        self.size = size
        self.coarse_size = self.recipe.coarse_size(size) if self.network.coarse else size
        self.facts = {**(facts or {}), "flip": flip, "size": size}
        self._kept: list[KeptFeatures] = []
        self._ahead: list[KeptFeatures] = []
        self._free: dict[int, list[Float32[np.ndarray, "3 size size"]]] = {}

    def predict(
        self, image: Plane, clicks: Sequence[Click], previous: Prediction | None = None, *, view: Box | None = None
    ) -> Prediction:
        """Segment what the clicks point at.

        Parameters
        ----------
        image
            (height, width, 3) uint8 picture of the plane; only what the network looks at is read.
        clicks
            All clicks and prompts (scribbles, boxes, lassos) on this object and plane, oldest first.
        previous
            The prediction before the newest click; None before the first.
        view
            Where to look as long as no object is found, such as what the user sees; the whole plane if None.

        Raises
        ------
        ValueError
            If the picture is no (height, width, 3) uint8, there is no click, or a click or a part of a prompt lies
            outside the plane.
        """
        return self.predict_together([Request(image, clicks, previous, view)])[0]

    def predict_together(self, requests: Sequence[Request]) -> list[Prediction]:
        """Answer several requests with as few passes of the network as possible; a fixed batch takes one for each.

        Parameters
        ----------
        requests
            As for `predict`; those that look at the same region of the same picture share its features.

        Raises
        ------
        ValueError
            As `predict`.
        """
        if len(requests) > 1 and self.network.fixed_batch:
            return [answer for request in requests for answer in self.predict_together([request])]
        for request in requests:
            require_clicks_on_picture(request.image, request.clicks)
        return answer_in_looks(self._look, requests, self.recipe, coarse=self.coarse_size, full=self.size)

    def _look(self, asked: Sequence[tuple[Request, Box]], size: int) -> list[Prediction]:
        """Answer requests, each in its region, with one pass of the network for inputs of a size."""
        features = self._features([(request.image, roi) for request, roi in asked], size)
        inputs = [
            guidance_maps(request.clicks, request.previous, roi, size, self._input(size), recipe=self.recipe)
            for request, roi in asked
        ]
        logits = self.network.decode(features, joined([self._mirrored(maps) for maps in inputs]))[:, 0]
        self._free[size] += inputs
        # The published evaluation averages logits, not probabilities (docs/decisions/0003).
        probabilities = sigmoid((logits[::2] + logits[1::2, :, ::-1]) / 2 if self.flip else logits)
        for probability, (request, roi) in zip(probabilities, asked, strict=True):
            keep_inside(probability, request.clicks, roi)
            if self.recipe.force_clicks:
                force_clicks(probability, request.clicks, roi)
        return [
            Prediction(probability, roi, request.plane_shape)
            for probability, (request, roi) in zip(probabilities, asked, strict=True)
        ]

    def prepare(self, image: Plane, *, view: Box | None = None) -> None:
        """Compute the features of what a first click would look at, so that it takes no longer than the next ones.

        Parameters
        ----------
        image, view
            As for `predict`. Pixels may have changed since the last time, so features are computed anew.
        """
        roi = Request(image, (), view=view).roi(self.recipe)
        pixels = pixels_now(image, roi, self.size)
        self._ahead = [
            KeptFeatures(image, roi, size, pixels, self._encoded([(image, roi)], size))
            for size in dict.fromkeys((self.coarse_size, self.size))
        ]

    def draft(self) -> "Predictor | None":
        """One that only takes coarse looks, with the same network and at no cost.

        None where the network takes inputs of one size only, or two pictures at a time for the mirror average.
        """
        if self.flip or not self.network.coarse:
            return None
        return Predictor(self.network, size=min(self.size, COARSE_SIZE), facts=self.facts, recipe=self.recipe)

    def _features(self, regions: Sequence[tuple[Plane, Box]], size: int) -> Features:
        """Features of regions of pictures, one after the other; prepared ones and those of the last call are known."""
        wanted = {(id(image), roi): image for image, roi in regions}
        pixels = {key: pixels_now(image, key[1], self.size) for key, image in wanted.items()}
        known = {
            key: seen
            for key, image in wanted.items()
            for seen in (*self._kept, *self._ahead)
            if seen.serves(image, key[1], size, pixels[key])
        }
        new = {key: image for key, image in wanted.items() if key not in known}
        if new:
            maps = self._encoded([(image, roi) for (_, roi), image in new.items()], size)
            count = 2 if self.flip else 1
            for place, (key, image) in enumerate(new.items()):
                part = slice(place * count, (place + 1) * count)
                own = [level[part] for level in maps] if len(new) > 1 else maps
                known[key] = KeptFeatures(image, key[1], size, pixels[key], own)
        self._kept = [*(kept for kept in self._kept if kept.size != size), *(known[key] for key in wanted)]
        parts = [known[id(image), roi].maps for image, roi in regions]
        return parts[0] if len(parts) == 1 else [joined(levels) for levels in zip(*parts, strict=True)]

    def _encoded(self, regions: Sequence[tuple[Plane, Box]], size: int) -> Features:
        """Features of regions of pictures, computed now."""
        inputs = [read_crop(image, roi, size, self._input(size)) for image, roi in regions]
        maps = self.network.encode(joined([self._mirrored(crop) for crop in inputs]))
        self._free[size] += inputs
        return maps

    def _input(self, size: int) -> Float32[np.ndarray, "3 size size"]:
        """Memory for an input of the network; used again after the answer: new memory is slow."""
        free = self._free.setdefault(size, [])
        return free.pop() if free else np.empty((3, size, size), np.float32)

    def _mirrored(self, maps: Float32[np.ndarray, "channels size size"]) -> Images:
        """Maps as a batch: themselves and, with `flip`, their mirror image."""
        return np.stack([maps, maps[..., ::-1]]) if self.flip else maps[None]


def for_arrays(network: "Network | SimpleClick", device: "torch.device | str") -> Network:
    """The network; a module of torch becomes one that takes arrays. Where nobody imported torch, it is none."""
    module = getattr(sys.modules.get("torch.nn.modules.module"), "Module", None)
    if module is None or not isinstance(network, module):
        return cast(Network, network)
    from napari_simpleclick.inference.engines.torch_network import TorchNetwork

    return TorchNetwork(cast("SimpleClick", network), device)


def joined(batches: Sequence[Any]) -> Any:
    """Batches as one: of arrays, or of tensors on whatever device."""
    if len(batches) == 1:
        return batches[0]
    if isinstance(batches[0], np.ndarray):
        return np.concatenate(batches)
    import torch

    return torch.cat(list(batches))


def require_clicks_on_picture(image: Plane, clicks: Sequence[Click]) -> None:
    """Raise if a picture has another form, or there is no click, or one lies outside the picture.

    Raises
    ------
    ValueError
        Says what was expected.
    """
    shape, dtype = image.shape, getattr(image, "dtype", np.uint8)
    if len(shape) != 3 or shape[2] != 3 or dtype != np.uint8:
        raise ValueError(
            f"Expected a picture (height, width, 3) uint8, got {shape} {dtype}. "
            "Convert other pictures with napari_simpleclick.data.intensity.to_rgb."
        )
    height, width, _ = shape
    if not clicks:
        raise ValueError("Expected at least one click, got none.")
    for click in clicks:
        if not all(-0.5 <= row < height - 0.5 and -0.5 <= col < width - 0.5 for row, col in path_of(click)):
            raise ValueError(f"{click} lies outside the plane of {height} x {width} pixels. Click on the picture.")
