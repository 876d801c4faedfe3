import pytest
import torch

from napari_simpleclick.model.registry import create_model
from napari_simpleclick.training import arithmetic
from napari_simpleclick.training.arithmetic import attend_plainly, fastest_arithmetic, seconds_of_product


@pytest.mark.skipif(torch.accelerator.is_available(), reason="a GPU takes the place of the processor")
@pytest.mark.parametrize(("emulated", "expected"), [(True, "no"), (False, "bf16")])
def test_a_processor_trains_in_half_precision_only_where_that_is_faster(emulated, expected, monkeypatch):
    seconds = {torch.float32: 1.0, torch.bfloat16: 90.0 if emulated else 0.3}
    monkeypatch.setattr(arithmetic, "seconds_of_product", seconds.__getitem__)
    assert fastest_arithmetic() == expected


def test_a_product_is_really_timed():
    assert 0 < seconds_of_product(torch.float32) < 10


def test_plain_attention_gives_the_same_answer_and_gradient_without_the_fused_kernel():
    block = create_model("vit_xtiny_448").backbone.blocks[0].train()
    tokens = torch.randn(2, 49, 160, generator=torch.Generator().manual_seed(0), requires_grad=True)

    def answer_and_gradient():
        with torch.profiler.profile() as profile:
            answer = block(tokens)
            (gradient,) = torch.autograd.grad(answer.square().sum(), tokens)
        return answer, gradient, any("scaled_dot_product" in event.key for event in profile.key_averages())

    fused = answer_and_gradient()
    attend_plainly(block)
    plain = answer_and_gradient()
    assert fused[2]
    assert not plain[2]
    torch.testing.assert_close(plain[:2], fused[:2], rtol=1e-4, atol=1e-5)
