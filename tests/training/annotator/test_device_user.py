"""The annotator on a device clicks as the one on the processor does; computed on the processor here."""

import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training import step
from napari_simpleclick.training.annotator import device_user
from napari_simpleclick.training.annotator.click_sampler import depth
from napari_simpleclick.training.annotator.device_user import DEEPEST, DeviceUser, eroded_depth
from napari_simpleclick.training.annotator.simulated_user import click_loss, draw_guidance
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.step import ClickTraining


def disks(size: int = 64) -> torch.Tensor:
    rows, cols = np.mgrid[:size, :size]
    places = ((20, 30, 14), (40, 12, 9), (0, 60, 12), (32, 32, 5))
    return torch.from_numpy(np.stack([np.hypot(rows - r, cols - c) <= radius for r, c, radius in places]))


def clicks_of(user: DeviceUser) -> list[list[Click]]:
    return [
        [Click(int(row), int(col), positive=sign == 0) for sign, row, col in points.nonzero().tolist()]
        for points in user.points
    ]


def test_depth_is_that_of_exact_distances_within_a_tenth():
    masks = disks()
    found = eroded_depth(masks[:, None])[:, 0].numpy()
    for mask, counted in zip(masks.numpy(), found, strict=True):
        exact = depth(mask, ())
        assert ((counted > 0) == mask).all()
        np.testing.assert_allclose(counted[mask], exact[mask], rtol=0.12, atol=1)
    assert eroded_depth(torch.ones(1, 1, 256, 256)).max() == DEEPEST


@pytest.mark.parametrize("seed", range(5))
def test_every_sample_is_clicked_in_its_larger_error(seed):
    truth, predicted = disks(), disks().roll(1, dims=0)
    user = DeviceUser(truth, np.random.default_rng(seed))
    user.click(predicted)
    for clicks, wanted, found in zip(clicks_of(user), truth.numpy(), predicted.numpy(), strict=True):
        (click,) = clicks
        missed, wrong = depth(wanted & ~found, ()).max(), depth(found & ~wanted, ()).max()
        assert click.positive == (missed > wrong)
        assert (wanted != found)[int(click.row), int(click.col)]
        assert wanted[int(click.row), int(click.col)] == click.positive


def test_half_of_the_clicks_are_deepest_and_some_are_anywhere():
    truth = disks()[:1].expand(300, -1, -1)
    user = DeviceUser(truth, np.random.default_rng(0))
    user.click(torch.zeros_like(truth))
    exact = depth(truth[0].numpy(), ())
    depths = np.array([exact[int(click.row), int(click.col)] for (click,) in clicks_of(user)])
    assert 0.4 < np.mean(depths > 0.85 * exact.max()) < 0.75
    assert 0.04 < np.mean(depths < exact.max() / 2) < 0.3


def test_nothing_is_clicked_twice_or_without_an_error():
    truth = torch.zeros(2, 32, 32, dtype=torch.bool)
    truth[0, 4, 4] = True
    user = DeviceUser(truth, np.random.default_rng(0))
    for _ in range(2):
        user.click(torch.zeros_like(truth))
    assert clicks_of(user) == [[Click(4, 4)], []]


def test_guidance_and_click_loss_are_those_of_the_same_clicks():
    truth = disks()
    user = DeviceUser(truth, np.random.default_rng(3))
    for predicted in (torch.zeros_like(truth), truth.roll(1, dims=0)):
        user.click(predicted)
    previous, logits = torch.rand(4, 64, 64), torch.randn(4, 1, 64, 64)
    torch.testing.assert_close(user.guidance(previous), draw_guidance(previous, clicks_of(user)))
    torch.testing.assert_close(user.click_loss(logits), click_loss(logits, clicks_of(user)))


def test_coarse_looks_see_the_clicks_at_their_size(monkeypatch):
    monkeypatch.setattr(device_user, "COARSE_SIZE", 32)
    truth = disks()
    user = DeviceUser(truth, np.random.default_rng(3))
    user.click(torch.zeros_like(truth))
    user.take_over(
        {1: (torch.zeros(64, 64).half(), [Click(8, 40), Click(50, 12, positive=False)])}, torch.zeros(4, 64, 64)
    )
    previous, logits = torch.rand(4, 32, 32), torch.randn(4, 1, 32, 32)
    torch.testing.assert_close(user.guidance(previous), draw_guidance(previous, clicks_of(user), 0.5))
    torch.testing.assert_close(user.click_loss(logits), click_loss(logits, clicks_of(user), 0.5))


def test_work_made_elsewhere_takes_the_place_of_clicks():
    truth, previous = disks(), torch.zeros(4, 64, 64)
    user = DeviceUser(truth, np.random.default_rng(0))
    user.click(torch.zeros_like(truth))
    made = [Click(5, 6), Click(50, 40, positive=False)]
    user.take_over({1: (torch.full((64, 64), 0.25).half(), made)}, previous)
    assert sorted(clicks_of(user)[1], key=lambda click: click.row) == made
    assert previous[1].unique().tolist() == [0.25]
    assert previous[0].sum() == 0


def test_a_step_learns_with_it(monkeypatch):
    monkeypatch.setattr(step, "user_of", DeviceUser)
    model = SimpleClick(SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64))
    images = torch.zeros(4, 64, 64, 3, dtype=torch.uint8)
    loss, _ = ClickTraining(model, overlap_loss, click_loss_weight=0.2)(images, disks(), np.random.default_rng(0), 2)
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
