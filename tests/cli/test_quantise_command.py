"""`napari-simpleclick quantise` from the command line to the network that is used afterwards."""

import json
import sys

import imageio.v3 as imageio
import numpy as np
import pytest
import torch

from napari_simpleclick.cli.main import main
from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.engines.selection import select_network
from napari_simpleclick.model.checkpoint import load_checkpoint, save_checkpoint
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

pytest.importorskip("nncf", reason='needs the extra: pip install "napari-simpleclick[int8]"')

SMALL = SimpleClickConfig(
    patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8, image_size=448
)


def test_the_command_quantises_compares_and_says_what_is_used(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path / "cache")
    torch.manual_seed(3)
    path = tmp_path / "small.safetensors"
    save_checkpoint(path, SimpleClick(SMALL).eval())
    arguments = ["quantise", "--model", str(path), "--calibration-pictures", "2", "--objects", "3", "--clicks", "2"]
    monkeypatch.setattr(sys, "argv", ["napari-simpleclick", *arguments])
    main()
    said = " ".join(capsys.readouterr().out.split())
    assert "3 objects, 2 clicks each" in said
    (kept,) = (tmp_path / "cache").rglob("int8.json")
    result = json.loads(kept.read_text())
    assert result["objects"] == 3
    engine = select_network(load_checkpoint(path)).engine
    assert ("int8 is used from now on" in said) == result["offered"] == (engine == "OpenVINO int8")


@pytest.mark.parametrize("folder", ["images", "nowhere"])
def test_data_that_cannot_serve_is_refused_before_calibrating(tmp_path, monkeypatch, capsys, folder):
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
        imageio.imwrite(tmp_path / name / "a.png", np.zeros((64, 64), np.uint8))
    paths = ["--images", str(tmp_path / folder), "--masks", str(tmp_path / "masks")]
    monkeypatch.setattr(sys, "argv", ["napari-simpleclick", "quantise", *paths])
    with pytest.raises(SystemExit, match="2"):
        main()
    said = capsys.readouterr()
    assert "Calibrating" not in said.out
    assert ("holds none" if folder == "images" else "nowhere") in said.out + said.err
