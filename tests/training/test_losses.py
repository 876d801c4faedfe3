import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.training.losses import LOSSES, normalized_focal_loss, soft_iou_loss


def half_and_half(size: int = 8) -> torch.Tensor:
    target = torch.zeros(2, 1, size, size)
    target[..., : size // 2] = 1
    return target


@pytest.mark.parametrize("name", LOSSES)
def test_right_answers_cost_less_than_doubt_and_doubt_less_than_wrong_ones(name):
    target = half_and_half()
    sure = 6 * (2 * target - 1)
    right, doubt, wrong = (LOSSES[name](sign * sure, target).item() for sign in (1, 0, -1))
    assert 0 <= right < doubt < wrong


@pytest.mark.parametrize("name", LOSSES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**31), scale=st.floats(0, 60))
def test_gradients_are_finite_for_any_logits(name, seed, scale):
    generator = torch.Generator().manual_seed(seed)
    logits = (scale * torch.randn(2, 1, 6, 6, generator=generator)).requires_grad_()
    LOSSES[name](logits, (torch.rand(2, 1, 6, 6, generator=generator) > 0.5).float()).backward()
    assert torch.isfinite(logits.grad).all()


def test_focal_weights_of_every_sample_have_mean_one():
    """With equal logits all weights are equal, so the loss is the cross-entropy times alpha, however small they are."""
    target = torch.ones(3, 1, 4, 4)
    logits = torch.tensor([0.0, 1.0, 3.0])[:, None, None, None].expand_as(target)
    cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
    assert normalized_focal_loss(logits, target).item() == pytest.approx(0.5 * cross_entropy.item(), rel=1e-4)


def test_soft_iou_counts_every_sample_alike():
    target = half_and_half()
    sure = 40 * (2 * target - 1)
    one_wrong = torch.stack([sure[0], -sure[1]])
    assert soft_iou_loss(sure, target).item() == pytest.approx(0, abs=1e-4)
    assert soft_iou_loss(one_wrong, target).item() == pytest.approx(0.5, abs=0.02)
