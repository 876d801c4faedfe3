"""The demonstration and the list of models, as a user runs them."""

import subprocess
import sys
from unittest import mock

import imageio.v3 as iio
import numpy as np
import pytest
from tests.fakes import command

from napari_simpleclick.cli.errors import told_as_messages
from napari_simpleclick.cli.main import models
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.samples import SAMPLES, sample_volume
from napari_simpleclick.model.checkpoint import save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig
from napari_simpleclick.model.weights import available_models, sha256

SMALL = SimpleClickConfig(16, 32, 4, 2, (8, 8, 16, 16), 8, image_size=448)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    output = tmp_path_factory.mktemp("demo")
    with mock.patch("napari_simpleclick.cli.demo.PLANES", 1):
        return output, command("demo", "--output", output, "--clicks", 2)


def test_demo_prints_quality_and_time_for_every_sample(demo):
    _, done = demo
    assert done.returncode == 0, done.stderr
    for text in (*SAMPLES, "mIoU@1", "mIoU@2", "ms per"):
        assert text in done.stdout


@pytest.mark.parametrize("sample", SAMPLES)
def test_demo_writes_masks_on_the_grid_of_the_sample_that_meet_its_objects(demo, sample):
    output, _ = demo
    (path,) = output.glob(f"{sample}_mask*")
    volume, truth = sample_volume(sample)
    mask = read_volume(path)
    assert mask.shape == volume.shape
    np.testing.assert_allclose(mask.spacing, volume.spacing)
    found = np.asarray(mask.data) > 0
    assert found[truth > 0].mean() > 5 * found[truth == 0].mean()
    assert (output / f"{sample}.png").stat().st_size > 50_000


def test_unknown_model_ends_with_a_message_and_no_traceback(tmp_path):
    done = command("demo", "--output", tmp_path, "--model", "vit_giant")
    assert done.returncode == 2
    assert "Unknown model 'vit_giant'" in done.stderr
    assert "Traceback" not in done.stderr


def test_models_are_listed_with_names_files_and_hashes_that_never_break(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    models()
    lines = capsys.readouterr().out.splitlines()
    assert {model.name for model in available_models()} <= set(lines)
    assert "  file    to be got" in lines
    for model in available_models():
        if model.path:
            at = lines.index(model.name)
            assert lines[at + 1 : at + 3] == [f"  file    {model.path}", f"  sha256  {sha256(model.path)}"]


def test_markup_in_a_message_is_printed_as_it_is(capsys):
    with pytest.raises(SystemExit), told_as_messages():
        raise ValueError("expected [0, 1], got [bold]")
    assert "expected [0, 1], got [bold]" in capsys.readouterr().err


def test_python_runs_the_package_as_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "napari_simpleclick", "models"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "vit_xtiny_deep_448" in done.stdout


def test_package_itself_is_a_command(tmp_path):
    words = [sys.executable, "-m", "napari_simpleclick", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout.split()[0]) == (0, "napari-simpleclick")


def test_home_that_cannot_be_written_and_names_with_spaces_and_accents_are_no_obstacle(tmp_path):
    work = tmp_path / "mes données" / "Änderung 3 (é)"
    work.mkdir(parents=True)
    image = np.zeros((40, 50), np.uint8)
    image[10:30, 10:30] = 200
    iio.imwrite(work / "image à voir.png", image)
    (work / "clics é.json").write_text('{"clicks": [{"at": [20, 20]}]}', encoding="utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("")  # nothing can be made below it, whoever runs this
    env = {name: str(blocked / "home") for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    save_checkpoint(work / "modèle.safetensors", SimpleClick(SMALL).eval())
    words = ["segment", work / "image à voir.png", "--clicks", work / "clics é.json", "-o", work / "masque é.tif"]
    done = command(*words, "--engine", "torch", "--model", work / "modèle.safetensors", env=env)
    assert done.returncode == 0, done.stderr
    assert read_volume(work / "masque é.tif").shape == (40, 50)
