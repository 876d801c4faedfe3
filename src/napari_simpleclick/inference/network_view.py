"""What the network got with the newest click, as a picture: region, previous mask and clicks."""

import numpy as np

from napari_simpleclick.inference.network_input import guidance_maps, read_crop
from napari_simpleclick.inference.recipe import PUBLISHED
from napari_simpleclick.inference.session import ClickSession, Following

PREVIOUS, POSITIVE, NEGATIVE = (255, 225, 25), (31, 119, 224), (255, 140, 26)
"""Colors of the previous mask, of positive and of negative clicks."""

TINT = 0.4
"""How strongly the previous mask colors the picture where it is certain."""


def network_view(session: ClickSession) -> np.ndarray | None:
    """The input of the network for the newest click of an object on a plane.

    Parameters
    ----------
    session
        The clicks and what they led to.

    Returns
    -------
    (size, size, 3) uint8 or None
        As large as the network's input. None if there was no click, or if it came from a file, which does not tell
        where the network looked.
    """
    steps = session.steps
    newest = max((place for place, step in enumerate(steps) if step.click is not None), default=None)
    if newest is None or (circumstances := steps[newest].circumstances) is None:
        return None
    prediction = steps[newest].prediction
    roi, size = prediction.roi, len(prediction.shown_map())
    # Where the network looked twice, it was asked last with its own first answer.
    before = prediction.first_look
    if before is None and newest:
        before = steps[newest - 1].prediction.beside(circumstances.others)
    clicks = [step.click for step in steps[: newest + 1] if step.click is not None]
    picture = 255 * np.moveaxis(read_crop(circumstances.image, roi, size), 0, 2)
    recipe = session.predictor.recipe if isinstance(session.predictor, Following) else PUBLISHED
    maps = guidance_maps(clicks, before, roi, size, recipe=recipe)
    for weights, color in zip((TINT * maps[0], maps[1], maps[2]), (PREVIOUS, POSITIVE, NEGATIVE), strict=True):
        picture += weights[..., None] * (np.array(color, np.float32) - picture)
    return np.asarray(picture.round(), np.uint8)
