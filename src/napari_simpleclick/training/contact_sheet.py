"""Contact sheet: samples of a run with target and prediction, to see at a glance what is being learned."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from napari_simpleclick.arrays import BinaryMask, RgbImage
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.simpleclick import SimpleClick
from napari_simpleclick.training.annotator.click_sampler import sample_click
from napari_simpleclick.training.examples import Example

TARGET, PREDICTION = (255, 176, 0), (0, 190, 255)
"""Colors of outlines; they stay apart for readers with any color vision."""


def contact_sheet(
    examples: Sequence[Example], predictions: Sequence[BinaryMask] | None = None, *, columns: int = 8
) -> RgbImage:
    """Pictures in rows, each with the outline of its target and, if given, of its prediction.

    Parameters
    ----------
    examples
        Samples of one size.
    predictions
        (size, size) bool for every example.
    columns
        Pictures per row; an incomplete last row is filled with black.
    """
    tiles = [outlined(example.image, example.target, TARGET) for example in examples]
    if predictions is not None:
        tiles = [outlined(tile, mask, PREDICTION) for tile, mask in zip(tiles, predictions, strict=True)]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    return np.vstack(rows)


def outlined(image: RgbImage, mask: BinaryMask, color: tuple[int, int, int]) -> RgbImage:
    """A copy of a picture with the outline of a mask."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    drawn: RgbImage = cv2.drawContours(image.copy(), contours, -1, color, 1)
    return drawn


def predict_examples(model: SimpleClick, examples: Sequence[Example], *, clicks: int = 3) -> list[BinaryMask]:
    """What a network answers after a few clicks on each example, at the size of the examples.

    Parameters
    ----------
    model
        The network, on whatever device.
    examples
        Pictures and targets of one size, which is that of the network's input, too.
    clicks
        Clicks on each at most.
    """
    device = next(model.parameters()).device
    predictor = Predictor(model, size=examples[0].target.shape[0], device=device)
    with torch.inference_mode():
        return [clicked(predictor, example, clicks) for example in examples]


def clicked(predictor: Predictor, example: Example, count: int) -> BinaryMask:
    """The mask after `count` clicks, or fewer where nothing is left to correct."""
    rng, mask, prediction = np.random.default_rng(0), np.zeros_like(example.target), None
    clicks: list[Click] = []
    for _ in range(count):
        click = sample_click(rng, mask, example.target, clicks)
        if click is None:
            break
        clicks.append(click)
        prediction = predictor.predict(example.image, clicks, prediction)
        mask = prediction.mask()
    return mask
