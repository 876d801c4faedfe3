import sys
from pathlib import Path
from shutil import copyfile

import imageio.v3 as iio
import numpy as np
import pytest
import tyro
from tests.data.datasets import layouts

from napari_simpleclick.cli.errors import plain_console
from napari_simpleclick.cli.train import main as train
from napari_simpleclick.cli.train import phases_as_text
from napari_simpleclick.cli.train_choices import TrainCommand, recipe_of
from napari_simpleclick.cli.train_sources import open_sources
from napari_simpleclick.model.checkpoint import load_checkpoint
from napari_simpleclick.training.settings import FINE_TUNING, Phase, TrainingSettings


def parse(*words: str) -> TrainCommand:
    return tyro.cli(TrainCommand, args=list(words), registry=phases_as_text())


def run(monkeypatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["napari-simpleclick-train", *words])
    train()


SHORT = ("--steps", "1", "--phases", "1:32:2:frozen", "--validation-objects", "1", "--precision", "no")


def test_phases_are_read_as_text():
    assert parse("--phases", "0.5:128:8:frozen", "0.5:448:2").recipe.phases == (
        Phase(0.5, 128, 8, "frozen"),
        Phase(0.5, 448, 2),
    )


def test_a_recipe_left_untouched_is_gentler_from_a_checkpoint():
    assert recipe_of(parse()) == TrainingSettings()
    assert recipe_of(parse("--from", "default")).phases == FINE_TUNING
    assert recipe_of(parse("--from", "default", "--learning-rate", "1e-3")).learning_rate == 1e-3


def test_a_synthetic_run_leaves_weights_log_and_contact_sheets(tmp_path, monkeypatch):
    run(monkeypatch, "--output", str(tmp_path), *SHORT)
    load_checkpoint(tmp_path / "last.safetensors")
    assert (tmp_path / "log.csv").read_text().count("\n") == 2
    assert {path.name for path in tmp_path.glob("*.jpg")} == {"samples.jpg", "predictions.jpg"}


@pytest.mark.parametrize("name", ["log.csv", "best.safetensors", "samples.jpg"])
def test_a_folder_of_something_else_is_refused_before_the_work(tmp_path, monkeypatch, capsys, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, "--output", str(tmp_path), *SHORT)
    assert f"holds {name}, which a training would replace" in " ".join(capsys.readouterr().err.split())
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


def test_a_mixture_file_names_the_sources_below_the_data_root(tmp_path, monkeypatch):
    mixture, root = tmp_path / "mixture.toml", tmp_path / "data"
    mixture.write_text('[[source]]\nfolder = "cells"\nkind = "microscopy"\nweight = 1.0\nparts = true\n')
    labels = np.zeros((60, 80), np.uint8)
    labels[10:40, 10:50], labels[10:40, 50:70] = 1, 2
    for number in range(3):
        for folder, picture in (("images", labels * 90), ("labels", labels)):
            (root / "cells" / folder).mkdir(parents=True, exist_ok=True)
            iio.imwrite(root / "cells" / folder / f"{number}.png", picture)
    command = parse("--mixture", str(mixture), "--data-root", str(root), "--validation-objects", "1")
    source, objects = open_sources(command, plain_console())
    assert len(objects) == 1
    assert source.example(np.random.default_rng(0), 64).target.any()
    run(monkeypatch, "--output", str(tmp_path / "run"), "--mixture", str(mixture), "--data-root", str(root), *SHORT)
    load_checkpoint(tmp_path / "run" / "last.safetensors")


def test_fine_tuning_on_a_nifti_volume_gives_weights_that_load(tmp_path, monkeypatch):
    nibabel = pytest.importorskip("nibabel")
    image, mask = tmp_path / "image.nii.gz", tmp_path / "mask.nii.gz"
    labels = np.zeros((40, 36, 12), np.uint8)
    labels[10:30, 8:28, 2:10] = 1
    volume = labels * 100 + np.random.default_rng(0).normal(0, 10, labels.shape)
    nibabel.save(nibabel.Nifti1Image(volume.astype(np.float32), np.eye(4)), image)
    nibabel.save(nibabel.Nifti1Image(labels, np.eye(4)), mask)
    output = tmp_path / "run"
    run(monkeypatch, "--output", str(output), "--volume", str(image), "--labels", str(mask), *SHORT)
    load_checkpoint(output / "last.safetensors")


def test_fine_tuning_on_labels_of_another_place_is_refused_with_both_affines(tmp_path, monkeypatch, capsys):
    nibabel = pytest.importorskip("nibabel")
    labels = np.zeros((12, 10, 8), np.uint8)
    labels[3:8, 3:8, 2:6] = 1
    for name, affine in (("image", np.diag([-1, 1, 1, 1])), ("mask", np.eye(4))):
        nibabel.save(nibabel.Nifti1Image(labels, affine.astype(float)), tmp_path / f"{name}.nii.gz")
    paths = "--volume", str(tmp_path / "image.nii.gz"), "--labels", str(tmp_path / "mask.nii.gz")
    with pytest.raises(SystemExit, match="2"):
        run(monkeypatch, "--output", str(tmp_path / "run"), *paths, *SHORT)
    assert "Affines" in capsys.readouterr().err


def test_data_sets_of_the_evaluation_can_be_learned_from(tmp_path, monkeypatch):
    folder = tmp_path / "sbd"
    layouts.sbd(folder)
    for name in "cdefghijklm":
        copyfile(folder / "img" / "a.jpg", folder / "img" / f"{name}.jpg")
        copyfile(folder / "inst" / "a.mat", folder / "inst" / f"{name}.mat")
    (folder / "train.txt").write_text("\n".join("acdefghijklm"))
    output = tmp_path / "run"
    run(monkeypatch, "--output", str(output), "--dataset", "SBD_train", str(folder), "--synthetic", "0", *SHORT)
    assert load_checkpoint(output / "last.safetensors").config.stem == "efficientnet_lite0"


def test_a_volume_without_labels_ends_with_a_message(tmp_path, monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "--output", str(tmp_path), "--volume", "image.nii.gz", *SHORT)
    assert "needs its --labels" in capsys.readouterr().err


def test_opening_the_command_imports_no_torch():
    import subprocess

    code = "import sys, napari_simpleclick.cli.train; sys.exit('torch' in sys.modules or 'napari' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path.cwd()).returncode == 0


def test_two_processes_share_a_run(tmp_path):
    """Under torchrun every step takes the samples of both, and one of them writes the log."""
    import subprocess

    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", "29577"]
    words = ["-m", "napari_simpleclick.cli.train", "--output", str(tmp_path), "--threads", "1", *SHORT]
    done = subprocess.run([*launcher, *words], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log.csv").read_text().splitlines()
    assert log[0].startswith("step,samples")
    assert [line.split(",")[:2] for line in log[1:]] == [["1", "4"]]
    load_checkpoint(tmp_path / "last.safetensors")
