from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest
import torch

from napari_simpleclick.model.checkpoint import load_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.training.examples import Example
from napari_simpleclick.training.losses import overlap_loss
from napari_simpleclick.training.procedural.synthesis import Synthesis
from napari_simpleclick.training.settings import Phase, Schedule, TrainingSettings
from napari_simpleclick.training.step import ClickTraining
from napari_simpleclick.training.train import TrainingRun

SMALL = SimpleClickConfig(
    patch_size=16, dim=96, depth=4, heads=3, pyramid_channels=(32, 48, 64, 96), head_channels=48, image_size=64
)


@dataclass(frozen=True)
class Fixed:
    """The same few examples for ever."""

    examples: list[Example]

    def example(self, rng: np.random.Generator, size: int) -> Example:
        return self.examples[int(rng.integers(len(self.examples)))]


def small_model(seed: int = 0) -> SimpleClick:
    torch.manual_seed(seed)
    return SimpleClick(SMALL)


def recipe(**changes) -> TrainingSettings:
    return TrainingSettings(**{"phases": (Phase(1.0, 64, 4),), "warmup": 5, **changes})


@pytest.fixture
def source() -> Synthesis:
    return Synthesis({"large": 1.0})


def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path, source):
    phases = (Phase(0.5, 64, 4), Phase(0.5, 32, 4))
    settings, schedule = recipe(phases=phases), Schedule(steps=8, workers=0, save_minutes=0)
    whole = [r.loss for r in TrainingRun(small_model(), source, settings, schedule, tmp_path / "whole").steps()]
    # The state is saved before a step is yielded, so dropping the iterator is a kill between two steps.
    first = [
        r.loss for r in islice(TrainingRun(small_model(), source, settings, schedule, tmp_path / "cut").steps(), 3)
    ]
    second = [r.loss for r in TrainingRun(small_model(9), source, settings, schedule, tmp_path / "cut").steps()]
    assert len(whole) == 8
    assert first + second == pytest.approx(whole, abs=1e-6)


def test_processes_make_as_many_looks_in_a_step_and_steps_differ(tmp_path, source):
    settings = recipe(late=0.5, coarse=0.5, max_rounds=2)
    one, other = (TrainingRun(small_model(), source, settings, Schedule(steps=1), tmp_path / name) for name in "ab")
    other.seed += 1000  # as the second process has it
    drawn = []
    for step in range(40):
        one.state.counts.step = other.state.counts.step = step
        drawn.append(one.rounds())
        assert other.rounds() == drawn[-1]
    looks = [look for _, _, coarse in drawn for look in coarse]
    assert all(len(coarse) == rounds + unlearned + 1 for rounds, unlearned, coarse in drawn)
    assert 0.3 < np.mean(looks) < 0.7
    assert len({tuple(coarse) for _, _, coarse in drawn}) > 10


def test_a_finished_run_has_nothing_left_to_do(tmp_path, source):
    for expected in (2, 0):
        run = TrainingRun(small_model(), source, recipe(), Schedule(steps=2, workers=0), tmp_path)
        assert len(list(run.steps())) == expected


def test_a_kill_while_saving_leaves_the_older_state_whole(tmp_path, source, monkeypatch):
    run = TrainingRun(small_model(), source, recipe(), Schedule(steps=2, workers=0, save_minutes=0), tmp_path)
    next(run.steps())
    before = (tmp_path / "state.pt").read_bytes()

    def dies(_content, path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", dies)
    with pytest.raises(KeyboardInterrupt):
        run.save()
    assert (tmp_path / "state.pt").read_bytes() == before


def test_written_weights_load_and_are_the_averaged_ones(tmp_path, source):
    run = TrainingRun(small_model(), source, recipe(ema=0.9), Schedule(steps=3, workers=0), tmp_path)
    list(run.steps())
    loaded = load_checkpoint(tmp_path / "last.safetensors")
    wanted = run.state.averaged_model.state_dict()
    for name, tensor in loaded.state_dict().items():
        torch.testing.assert_close(tensor, wanted[name], atol=2e-3, rtol=2e-3)


def test_the_best_validated_weights_are_kept(tmp_path, source):
    scores = iter([0.5, 0.9, 0.7])
    run = TrainingRun(
        small_model(),
        source,
        recipe(),
        Schedule(steps=3, workers=0, validate_minutes=0),
        tmp_path,
        validate=lambda _: {"mIoU@1": next(scores)},
    )
    written = []
    for record in run.steps():
        assert record.scores
        written.append((tmp_path / "best.safetensors").read_bytes())
    assert written[0] != written[1] == written[2]


def test_a_loss_that_is_not_finite_stops_with_advice(tmp_path, source):
    model = small_model()
    with torch.no_grad():
        model.head.conv_seg.bias.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="Lower the learning rate"):
        next(TrainingRun(model, source, recipe(), Schedule(steps=1, workers=0), tmp_path).steps())


def test_frozen_stem_does_not_move(tmp_path, source):
    config = SimpleClickConfig(16, 32, 4, 2, (16, 16, 16, 16), 16, image_size=64, stem="efficientnet_lite0")
    model = SimpleClick(config)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    settings = recipe(phases=(Phase(1.0, 64, 2, "frozen"),))
    list(TrainingRun(model, source, settings, Schedule(steps=2, workers=0), tmp_path).steps())
    moved = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert any(name.startswith("backbone.blocks") for name in moved)
    assert not any(name.startswith("stem.features") for name in moved)


def test_four_blocks_learn_32_samples_by_heart(tmp_path):
    pictures = Synthesis({"large": 1.0})
    examples = [pictures.example(np.random.default_rng((3, number)), 64) for number in range(32)]
    settings = recipe(
        phases=(Phase(1.0, 64, 16),), learning_rate=3e-3, warmup=8, max_rounds=0, weight_decay=0.0, earlier_work=0.0
    )
    run = TrainingRun(small_model(), Fixed(examples), settings, Schedule(steps=120, workers=0), tmp_path)
    list(run.steps())
    unseen = [pictures.example(np.random.default_rng((4, number)), 64) for number in range(50)]
    by_heart, new = mean_iou_of(run.state.model, examples), mean_iou_of(run.state.model, unseen)
    assert by_heart > 0.52, (by_heart, new)
    assert by_heart > new + 0.07, (by_heart, new)


def mean_iou_of(model: SimpleClick, examples: list[Example]) -> float:
    images = torch.from_numpy(np.stack([example.image for example in examples]))
    targets = torch.from_numpy(np.stack([example.target for example in examples]))
    with torch.no_grad():
        _, iou = ClickTraining(model.eval(), overlap_loss)(images, targets, np.random.default_rng(0), 1)
    return float(iou)
