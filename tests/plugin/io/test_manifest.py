"""What the manifest claims: napari opens every other file and every folder as it does without this plugin."""

from pathlib import Path

import nibabel
import numpy as np
import pytest
import tifffile
from imageio.v3 import imwrite
from napari.components import ViewerModel
from napari.layers import Image, Labels
from npe2 import PluginManager, PluginManifest

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.plugin.io.folder_readers import get_folder_reader
from napari_simpleclick.plugin.widgets.dialogs import open_part
from napari_simpleclick.plugin.widgets.dialogs.open_folder import open_folder

OURS = "napari-simpleclick"


@pytest.fixture(autouse=True)
def plugins():
    """All plugins of this environment, napari's own among them."""
    PluginManager.instance().discover()


def readers_of(path):
    return {reader.plugin_name for reader in PluginManager.instance().iter_compatible_readers(str(path))}


@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "a.tif",
        "a.TIFF",
        "a.ome.tif",
        "a.jpg",
        "a.JPG",
        "a.bmp",
        "a.npy",
        "a.dcm",
        "a.nrrd",
        "a.czi",
        "a.json",
        "a.csv",
        "a",
        "a.zarr",
    ],
)
def test_other_files_are_left_to_napari(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    assert OURS not in readers_of(tmp_path / name)


@pytest.mark.parametrize("name", ["sections", "patient.zarr", "a.tif", "case.nii.gz"])
def test_every_folder_is_left_to_napari(name, tmp_path):
    (tmp_path / name).mkdir()
    assert OURS not in readers_of(tmp_path / name)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.simpleclick.json"])
def test_what_is_claimed_has_a_reader(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    assert OURS in readers_of(tmp_path / name)
    readers = PluginManager.instance().iter_compatible_readers(str(tmp_path / name))
    (ours,) = [reader for reader in readers if reader.plugin_name == OURS]
    assert ours.exec(kwargs={"path": [str(tmp_path / name)], "stack": False}) is not None


def test_no_reader_accepts_folders():
    manifest = PluginManifest.from_distribution(OURS)
    assert not [reader.command for reader in manifest.contributions.readers if reader.accepts_directories]


@pytest.mark.parametrize("name", ["a.png", "a.tif", "folder of sections"])
def test_pictures_open_as_without_the_plugin(name, tmp_path):
    path = tmp_path / name
    if path.suffix:
        imwrite(path, np.eye(8, dtype=np.uint8))
    else:
        path.mkdir()
        for number in range(3):
            imwrite(path / f"{number}.tif", np.eye(8, dtype=np.uint8))
    viewer = ViewerModel()
    # What napari's window does with a dropped file: it asks for a reader where this raises MultipleReaderError.
    (layer,) = viewer._open_or_raise_error([str(path)])
    assert layer.source.reader_plugin == "napari"
    assert layer.data.shape == ((8, 8) if path.suffix else (3, 8, 8))


def test_the_folder_of_a_patient_is_opened_by_the_command(tmp_path):
    for word in ("t1", "t2", "flair", "seg"):
        voxels = np.random.default_rng(0).integers(0, 3, (6, 7, 5)).astype(np.int16)
        nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), tmp_path / f"p1_{word}.nii.gz")
    viewer = ViewerModel()
    open_folder(viewer, tmp_path)
    assert [layer.name for layer in viewer.layers] == ["p1_t2", "p1_t1", "p1_flair", "p1_seg"]
    assert [type(layer) for layer in viewer.layers] == [Image] * 3 + [Labels]
    assert [layer.visible for layer in viewer.layers] == [False, False, True, True]
    assert viewer.layers["p1_t1"].source.path.endswith("p1_t1.nii.gz")


def test_another_folder_is_refused_with_what_to_do(tmp_path):
    imwrite(tmp_path / "a.png", np.eye(8, dtype=np.uint8))
    assert get_folder_reader(str(tmp_path)) is None
    with pytest.raises(VolumeError, match="Open Folder"):
        open_folder(ViewerModel(), tmp_path)


@pytest.mark.parametrize(("damaged", "offered", "shape"), [(False, 4, (3, 20, 24)), (True, 2, (40, 48))])
def test_parts_of_a_file_are_offered_by_the_command_and_opened(tmp_path, monkeypatch, damaged, offered, shape):
    path, stack = tmp_path / "a.tif", np.zeros((3, 40, 48), np.uint8)
    with tifffile.TiffWriter(path, ome=True) as file:
        file.write(stack, subifds=1, metadata={"axes": "ZYX"}, photometric="minisblack")
        file.write(stack[:, ::2, ::2], subfiletype=1, photometric="minisblack")
        file.write(stack[0, :8, :9])
    if damaged:
        path.write_bytes(path.read_bytes()[:4000])
    seen = []

    def choose(_parent, _title, _label, parts, *_settings):
        seen.extend(parts)
        return next(part for part in parts if "level 2" in part or "whole" in part), True

    viewer = ViewerModel()
    monkeypatch.setattr("napari.current_viewer", lambda: viewer)
    monkeypatch.setattr(open_part.QFileDialog, "getOpenFileName", lambda *_settings: (str(path), ""))
    monkeypatch.setattr(open_part.QInputDialog, "getItem", choose)
    open_part.open_part_dialog()
    assert len(seen) == offered
    assert viewer.layers[0].data.shape == shape


def test_our_writer_is_offered_beside_that_of_napari_and_keeps_the_geometry(tmp_path):
    from napari.plugins._npe2 import file_extensions_string_for_layers

    labels = Labels(np.ones((3, 8, 9), np.uint8), name="a", scale=(3, 0.5, 0.5), units="um")
    offered, _ = file_extensions_string_for_layers([labels])
    assert "exact geometry" in offered
    for name in ("a.nii.gz", "a.tif", "stack masks"):
        (written,) = labels.save(str(tmp_path / name), plugin=OURS)
        assert read_volume(Path(written)).spacing == pytest.approx((3, 0.5, 0.5))
