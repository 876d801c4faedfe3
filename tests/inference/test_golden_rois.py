"""Regions of interest and pasted maps of the published implementation, 40 sequences of 8 clicks."""

import json
from pathlib import Path

import numpy as np
import pytest

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.inference.recipe import OBJECT_THRESHOLD
from napari_simpleclick.inference.roi import next_roi

SEQUENCES = json.loads((Path(__file__).parents[1] / "golden" / "roi_sequences.json").read_text())


def synthetic_map(step: dict, roi: Box, size: int = 448) -> np.ndarray:
    """The prediction that the recorded sequences used: a soft disk, or nothing."""
    if step["empty"]:
        return np.zeros((size, size), np.float32)
    rows = np.arange(size)[:, None] * roi.shape[0] / size + roi.row_start - step["disk_centre"][0]
    cols = np.arange(size)[None, :] * roi.shape[1] / size + roi.col_start - step["disk_centre"][1]
    return (1 / (1 + np.exp((np.hypot(rows, cols) - step["disk_radius"]) / 6))).astype(np.float32)


@pytest.mark.parametrize("sequence", SEQUENCES, ids=range(len(SEQUENCES)))
def test_regions_and_pasted_maps_equal_the_published_ones(sequence):
    shape = tuple(sequence["shape"])
    clicks, previous = [], None
    for step in sequence["steps"]:
        clicks.append(Click(*step["click"], step["positive"]))
        found = previous.object_mask(OBJECT_THRESHOLD) if previous else None
        used = previous.roi if previous else None
        roi = next_roi(clicks, shape=shape, found=found[0] if found else None, used=used)
        first_row, last_row, first_col, last_col = step["roi"]
        assert roi == Box(first_row, last_row + 1, first_col, last_col + 1)
        moved = [
            ((c.row - roi.row_start) * 448 / roi.shape[0], (c.col - roi.col_start) * 448 / roi.shape[1]) for c in clicks
        ]
        np.testing.assert_allclose(moved, step["moved"], atol=1e-6)
        previous = Prediction(synthetic_map(step, roi), roi, shape)
        assert abs(int(previous.mask(0.5).sum()) - step["pixels_above_half"]) <= 2
        assert abs(int((previous.probability > 0.5).sum()) - step["pixels_above_half"]) <= 2
