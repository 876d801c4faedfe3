import numpy as np

from napari_simpleclick.arrays import Box
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.contact_sheet import PREDICTION, TARGET, clicked, contact_sheet, predict_examples
from napari_simpleclick.training.examples import Example


def square(size: int = 32) -> Example:
    target = np.zeros((size, size), bool)
    target[8:20, 8:20] = True
    return Example(np.zeros((size, size, 3), np.uint8), target)


def test_targets_and_predictions_are_outlined_in_rows():
    sheet = contact_sheet([square()] * 3, [np.roll(square().target, 4)] * 3, columns=2)
    assert sheet.shape == (64, 64, 3)
    colors = {tuple(color) for color in sheet.reshape(-1, 3)}
    assert colors == {(0, 0, 0), TARGET, PREDICTION}
    assert not sheet[32:, 32:].any()


def test_a_network_answers_every_example():
    model = SimpleClick(SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64))
    masks = predict_examples(model, [square(64)] * 2, clicks=2)
    assert [mask.shape for mask in masks] == [(64, 64)] * 2


def test_the_outline_is_the_rim_of_the_mask_inside_of_it():
    sheet = contact_sheet([square()], columns=1)
    rim = square().target.copy()
    rim[9:19, 9:19] = False
    np.testing.assert_array_equal((sheet == TARGET).all(axis=2), rim)


def test_what_is_shown_is_the_mask_that_the_clicks_gave():
    answer = Prediction.from_boxed((Box(8, 20, 8, 14), np.ones((12, 6), bool)), (32, 32))

    class Half:
        def predict(self, image, clicks, previous=None):
            return answer

    np.testing.assert_array_equal(clicked(Half(), square(), 2), answer.mask())
