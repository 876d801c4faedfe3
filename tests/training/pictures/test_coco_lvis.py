import os
import pickle

import cv2
import imageio.v3 as iio
import numpy as np
import pytest

from napari_simpleclick.data.datasets.base import DatasetError
from napari_simpleclick.training.pictures.coco_lvis import coco_lvis_pictures
from napari_simpleclick.training.pictures.labelled import LabelledPictures


@pytest.fixture
def folder(tmp_path):
    """One photograph: a whole with label 1 and stuff with label 2 in the first layer, a part with label 1 above."""
    for name in ("images", "masks"):
        (tmp_path / "train" / name).mkdir(parents=True)
    layers = np.zeros((2, 40, 50), np.uint8)
    layers[0, 5:35, 5:35], layers[0, 5:20, 40:50] = 1, 2
    layers[1, 10:20, 10:22] = 1
    iio.imwrite(tmp_path / "train/images/000001.jpg", np.full((40, 50, 3), 90, np.uint8))
    encoded = [cv2.imencode(".png", layer)[1] for layer in layers]
    (tmp_path / "train/masks/000001.pickle").write_bytes(pickle.dumps((encoded, [(0, 1), (1, 1), (0, 2)])))
    entry = {"num_instance_masks": 2, "hierarchy": {0: {"children": [1], "parent": None, "node_level": 0}, 1: None}}
    (tmp_path / "train/hannotation.pickle").write_bytes(pickle.dumps({"000001": entry}))
    return tmp_path


def test_layers_hold_objects_and_their_parts_without_stuff(folder):
    ((image, labels),) = (read() for read in coco_lvis_pictures(folder))
    assert image.shape == (40, 50, 3)
    assert [np.count_nonzero(labels[..., layer]) for layer in (0, 1)] == [900, 120]


def test_wholes_and_parts_are_both_learned(folder):
    source = LabelledPictures(coco_lvis_pictures(folder))
    areas = {int(source.example(np.random.default_rng(seed), 64).target.sum()) for seed in range(30)}
    assert len(areas) > 5


def test_a_pickle_that_would_run_code_is_refused(folder):
    class Attack:
        def __reduce__(self):
            return os.system, ("touch attacked",)

    (folder / "train/masks/000001.pickle").write_bytes(pickle.dumps(Attack()))
    (read,) = coco_lvis_pictures(folder)
    with pytest.raises(DatasetError, match="could run code"):
        read()


def test_another_layout_is_named(tmp_path):
    with pytest.raises(DatasetError, match="hannotation"):
        coco_lvis_pictures(tmp_path)
