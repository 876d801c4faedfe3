import numpy as np
import pytest
import torch

from napari_simpleclick.clicks import Click
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training import step
from napari_simpleclick.training.annotator.simulated_user import click_loss, draw_guidance
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.procedural.synthesis import Synthesis
from napari_simpleclick.training.step import ClickTraining, blurred, mean_iou

SMALL = SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64)


@pytest.fixture
def batch():
    examples = [Synthesis().example(np.random.default_rng(number), 64) for number in range(3)]
    images = torch.from_numpy(np.stack([example.image for example in examples]))
    return images, torch.from_numpy(np.stack([example.target for example in examples]))


@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_image_features_are_computed_once_for_all_rounds(batch, rounds, monkeypatch):
    model = SimpleClick(SMALL)
    calls = {"encode": 0, "decode": 0}
    for name in calls:
        original = getattr(model, name)

        def counted(*inputs, name=name, original=original):
            calls[name] += 1
            return original(*inputs)

        monkeypatch.setattr(model, name, counted)
    ClickTraining(model, overlap_loss)(*batch, np.random.default_rng(0), rounds)
    assert calls == {"encode": 1, "decode": rounds + 1}


def test_objects_of_one_picture_share_its_features_and_are_learnt_from_as_if_each_had_its_own(batch):
    images, targets = batch
    torch.manual_seed(0)
    model = SimpleClick(SMALL).eval()
    picture_of = torch.tensor([0, 0, 1])

    def gradient(images, *picture_of):
        model.zero_grad()
        learner = ClickTraining(model, overlap_loss)
        loss, _ = learner(images, targets, np.random.default_rng(0), 1, 0, (), {}, {}, {}, *picture_of)
        loss.backward()
        return loss, model.backbone.patch_embed.proj.weight.grad.clone()

    shared, own = gradient(images[:2], picture_of), gradient(images[picture_of])
    torch.testing.assert_close(shared, own)


def test_late_work_is_made_without_learning_from_it(batch, monkeypatch):
    """The gradient of a step is that of its last predictions, however many came before."""
    model = SimpleClick(SMALL)
    learned, original = [], model.decode

    def watched(*inputs):
        learned.append(torch.is_grad_enabled())
        return original(*inputs)

    monkeypatch.setattr(model, "decode", watched)
    ClickTraining(model, overlap_loss)(*batch, np.random.default_rng(0), 1, 5)
    assert learned == [False] * 5 + [True] * 2


def test_click_loss_is_about_clicked_pixels_only():
    logits = torch.full((2, 1, 8, 8), -3.0, requires_grad=True)
    agreed = click_loss(logits, [[Click(1, 1, positive=False)], []])
    ignored = click_loss(logits, [[Click(1, 1, positive=False)], [Click(2, 3)]])
    assert agreed.item() == pytest.approx(np.log1p(np.exp(-3)), rel=1e-5)
    assert ignored.item() == pytest.approx((agreed.item() + np.log1p(np.exp(3))) / 2, rel=1e-5)
    ignored.backward()
    assert logits.grad.nonzero().tolist() == [[0, 0, 1, 1], [1, 0, 2, 3]]
    assert logits.grad[1, 0, 2, 3] < 0
    assert click_loss(logits, [[], []]).item() == 0


def test_every_parameter_learns_and_the_reported_iou_does_not(batch):
    model = SimpleClick(SMALL)
    loss, iou = ClickTraining(model, overlap_loss)(*batch, np.random.default_rng(0), 2)
    assert loss.requires_grad
    assert not iou.requires_grad
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_the_same_chance_gives_the_same_loss(batch):
    learner = ClickTraining(SimpleClick(SMALL).eval(), overlap_loss)
    first, second = (learner(*batch, np.random.default_rng(5), 3)[0].item() for _ in "ab")
    assert first == second


def test_samples_start_with_the_work_that_was_begun(batch):
    model = SimpleClick(SMALL).eval()
    shown = []
    original = model.decode
    model.decode = lambda features, guidance: shown.append(guidance) or original(features, guidance)
    drawn = batch[1][1].half()
    begun = {1: (drawn, [Click(5, 6), Click(50, 40, positive=False)])}
    ClickTraining(model, overlap_loss)(*batch, np.random.default_rng(0), 1, begun=begun)
    torch.testing.assert_close(shown[0][1, 0], drawn.float())
    assert shown[0][1, 1, 5, 6] == shown[0][1, 2, 50, 40] == 1
    assert shown[0][[0, 2], 0].sum() == 0
    assert len(begun[1][1]) == 2


def test_guidance_holds_previous_map_positive_and_negative_clicks():
    previous = torch.rand(2, 32, 32)
    guidance = draw_guidance(previous, [[Click(10, 12)], [Click(3, 4, positive=False), Click(20, 20)]])
    assert guidance.shape == (2, 3, 32, 32)
    torch.testing.assert_close(guidance[:, 0], previous)
    assert guidance[0, 1, 10, 12] == 1
    assert guidance[0, 2].sum() == 0
    assert guidance[1, 2, 3, 4] == guidance[1, 1, 20, 20] == 1


def test_blurred_maps_keep_size_and_mean():
    maps = torch.rand(2, 64, 64)
    assert blurred(maps).shape == maps.shape
    assert blurred(maps).mean().item() == pytest.approx(maps.mean().item(), abs=0.02)
    assert blurred(maps).std() < maps.std()


def test_iou_of_nothing_and_nothing_is_no_division_by_zero():
    empty = torch.zeros(1, 1, 4, 4, dtype=torch.bool)
    assert mean_iou(empty, empty).item() == 0
    assert mean_iou(~empty, ~empty).item() == 1


def test_all_predictions_are_learned_from_or_the_last_only(batch):
    """With the last one only, guidance of earlier rounds is without gradient, as in the paper."""
    model = SimpleClick(SMALL).eval()
    decoded = []
    original = model.decode
    model.decode = lambda *inputs: decoded.append(original(*inputs)) or decoded[-1]
    for every_round, expected in ((True, [True] * 3), (False, [False, False, True])):
        decoded.clear()
        ClickTraining(model, overlap_loss, every_round=every_round)(*batch, np.random.default_rng(0), 2)
        assert [logits.requires_grad for logits in decoded] == expected


def test_a_second_look_gets_the_same_click_and_a_mask_from_afar(batch, monkeypatch):
    monkeypatch.setattr(step, "AGAIN", 1.0)
    model = SimpleClick(SMALL).eval()
    shown = []
    original = model.decode
    model.decode = lambda features, guidance: shown.append(guidance) or original(features, guidance)
    ClickTraining(model, overlap_loss)(*batch, np.random.default_rng(0), 2)
    first, second, third = shown
    torch.testing.assert_close(second[:, 1:], first[:, 1:])
    assert first[:, 0].sum() == 0
    assert second[:, 0].sum() > 0
    assert (third[:, 1:].sum(dim=(2, 3)) - second[:, 1:].sum(dim=(2, 3))).abs().sum() > 0


def shown_to(model, batch, *arguments, **settings) -> list[tuple[int, torch.Tensor]]:
    """Side of every look that a step takes, and its guidance."""
    shown, original = [], model.decode

    def decode(features, guidance):
        shown.append((guidance.shape[-1], guidance))
        return original(features, guidance)

    model.decode = decode
    ClickTraining(model, overlap_loss)(*batch, *arguments, **settings)
    return shown


def test_coarse_looks_see_the_same_click_and_tell_the_full_look_what_they_found(batch, monkeypatch):
    monkeypatch.setattr(step, "COARSE_SIZE", 32)
    model = SimpleClick(SMALL).eval()
    shown = shown_to(model, batch, np.random.default_rng(0), 1, coarse=[True, True])
    assert [side for side, _ in shown] == [32, 64, 32, 64]
    coarse, full = shown[0][1], shown[1][1]
    assert coarse[:, 0].sum() == 0
    assert full[:, 0].sum() > 0
    for sign in (1, 2):
        for small, large in zip(coarse[:, sign], full[:, sign], strict=True):
            assert (small.sum() > 0) == (large.sum() > 0)
            if large.sum():
                middle = torch.nonzero(large).float().mean(dim=0)
                torch.testing.assert_close(torch.nonzero(small).float().mean(dim=0), middle / 2, atol=1.5, rtol=0)


@pytest.mark.parametrize(("coarse", "size"), [([False] * 3, 32), ((), 32), ([True] * 3, 64)])
def test_there_are_no_coarse_looks_unless_asked_for_and_none_of_small_crops(batch, monkeypatch, coarse, size):
    monkeypatch.setattr(step, "COARSE_SIZE", size)
    model = SimpleClick(SMALL).eval()
    assert [side for side, _ in shown_to(model, batch, np.random.default_rng(0), 2, coarse=coarse)] == [64] * 3


def test_both_looks_are_learned_from(batch, monkeypatch):
    monkeypatch.setattr(step, "COARSE_SIZE", 32)
    seen = []

    def watched(logits, targets):
        seen.append((logits.shape[-1], set(targets.unique().tolist()), logits.requires_grad))
        return overlap_loss(logits, targets)

    training = ClickTraining(SimpleClick(SMALL), watched, click_loss_weight=0.2)
    training(*batch, np.random.default_rng(0), 0, coarse=[True])
    assert seen == [(32, {0.0, 1.0}, True), (64, {0.0, 1.0}, True)]
