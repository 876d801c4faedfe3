"""The picture of what the network got, where it looked twice at a first click."""

import numpy as np
from tests.fakes import PLANE, FindsTheObject

from napari_simpleclick.annotation.annotator import Annotator
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.network_input import read_crop
from napari_simpleclick.inference.network_view import PREVIOUS, TINT, network_view
from napari_simpleclick.inference.predictor import Predictor


def test_the_view_of_a_first_click_is_the_second_look_with_the_first_answer():
    network = FindsTheObject()
    annotator = Annotator(Predictor(network, size=224))
    annotator.click(1, "plane", PLANE, Click(300, 400))
    (session,) = annotator.sessions.values()
    before = network.shown[-1][0, 0]
    assert before.max() > 0.9
    picture = 255 * np.moveaxis(read_crop(PLANE, session.prediction.roi, 224), 0, 2)
    expected = picture + TINT * before[..., None] * (np.array(PREVIOUS) - picture)
    clicked = network.shown[-1][0, 1] > 0
    np.testing.assert_allclose(network_view(session)[~clicked], expected[~clicked], atol=1)


def test_the_view_of_a_later_click_starts_from_the_mask_before_it():
    network = FindsTheObject()
    annotator = Annotator(Predictor(network, size=224))
    for row in (300, 303):
        annotator.click(1, "plane", PLANE, Click(row, 400))
    (session,) = annotator.sessions.values()
    assert session.prediction.first_look is None
    assert session.steps[0].prediction.first_look is not None
    assert session.steps[0].prediction.first_look.network_map.flags.writeable is False, "kept in a file"
