"""Published numbers are read from the tables as they are printed."""

import pytest

from napari_simpleclick.data.datasets.registry import DATASETS
from napari_simpleclick.evaluation.reports.published import published_results


@pytest.mark.parametrize("name", ["GrabCut", "Berkeley", "DAVIS", "PascalVOC", "SBD", "ssTEM", "BraTS", "OAIZIB"])
def test_every_published_data_set_has_plausible_numbers(name):
    assert name in DATASETS
    results = published_results(name)
    assert results
    for result in results:
        low, high = (1, 20) if result.metric.startswith("NoC") else (0, 100)
        assert low <= result.value <= high, result


def test_mark_of_a_number_is_kept_beside_the_training_data():
    marked = [result for result in published_results("Berkeley") if "†" in result.trained_on]
    assert sorted(result.value for result in marked) == [1.81, 1.85]
