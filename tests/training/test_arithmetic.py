import pytest
import torch

from napari_simpleclick.training import arithmetic
from napari_simpleclick.training.arithmetic import fastest_arithmetic, seconds_of_product


@pytest.mark.skipif(torch.accelerator.is_available(), reason="a GPU takes the place of the processor")
@pytest.mark.parametrize(("emulated", "expected"), [(True, "no"), (False, "bf16")])
def test_a_processor_trains_in_half_precision_only_where_that_is_faster(emulated, expected, monkeypatch):
    seconds = {torch.float32: 1.0, torch.bfloat16: 90.0 if emulated else 0.3}
    monkeypatch.setattr(arithmetic, "seconds_of_product", seconds.__getitem__)
    assert fastest_arithmetic() == expected


def test_a_product_is_really_timed():
    assert 0 < seconds_of_product(torch.float32) < 10
