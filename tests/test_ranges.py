"""Options that make no sense are refused with what was expected and what was given, before anything is computed."""

import sys

import pytest

from napari_simpleclick.cli import eval as evaluate
from napari_simpleclick.cli import main, train

REFUSED = {
    "quantise": ("--clicks 1", "--clicks 0", "--objects 0", "--calibration-pictures 0", "--every 0", "--pictures -1"),
    "bench": ("--clicks 0", "--size 100", "--size 0", "--size 1000000"),
    "demo": ("--clicks 0", "--clicks 1000000"),
    "eval": (
        *("--clicks 0", "--miou 0", "--noc 85", "--noc nan", "--stop-at 0", "--draws 0", "--size 450", "--threads 0"),
        *("--batch 0", "--min-size 0", "--label 0", "--largest 0", "--workers -1", "--target-iou 1.5"),
        *("--min-slices 0", "--max-objects 0"),
    ),
    "train": (
        *("--steps 0", "--minutes 0", "--minutes nan", "--threads -1", "--workers -1", "--synthetic 2", "--brains -1"),
        *("--validation-objects 0", "--learning-rate 0", "--learning-rate inf", "--ema 2", "--seed -1", "--axis -1"),
        *("--phases 1:100:8", "--phases 0:224:8", "--phases 1:224:0", "--layer-decay 0", "--max-rounds -1"),
    ),
}
"""Options by command."""

MAINS = {"eval": evaluate.main, "train": train.main}


@pytest.mark.parametrize(("command", "option"), [(name, option) for name, all in REFUSED.items() for option in all])
def test_option_that_makes_no_sense_is_refused_before_anything_is_computed(
    command, option, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    words = option.split() if command in MAINS else [command, *option.split()]
    monkeypatch.setattr(sys, "argv", ["napari-simpleclick", *words])
    with pytest.raises(SystemExit, match="2"):
        MAINS.get(command, main.main)()
    told = " ".join(capsys.readouterr().err.split())
    assert option.split()[0].strip("-") in told
    assert "must be" in told
    assert list(tmp_path.iterdir()) == []
