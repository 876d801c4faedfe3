import numpy as np

from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.contact_sheet import PREDICTION, TARGET, contact_sheet, predict_examples
from napari_simpleclick.training.synthesis import Example


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
