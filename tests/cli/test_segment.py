"""`napari-simpleclick segment`: clicks in a file to a mask in a file."""

import json
from dataclasses import replace

import nibabel
import numpy as np
import pytest
import tifffile
from rich.console import Console
from tests.fakes import Pixel, command

from napari_simpleclick.cli.segment import SegmentSettings, run_segment
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.samples import FOLDER


def written(path, rows):
    path.write_text(json.dumps({"clicks": rows}))
    return path


def test_voxel_of_nibabel_is_set_in_every_real_file(shared, tmp_path):
    random = np.random.default_rng(0)
    paths = sorted((shared / "data" / "nifti_cases").glob("*.nii.gz"))
    assert len(paths) == 17
    for path in paths:
        source = nibabel.load(path)
        voxels = {tuple(int(random.integers(size)) for size in source.shape) for _ in range(3)}
        rows = [{"object": number, "at": list(voxel)} for number, voxel in enumerate(voxels, start=1)]
        clicks = written(tmp_path / "clicks.json", rows)
        run_segment(SegmentSettings(path, clicks, tmp_path / "m.nii.gz", "voxel"), Pixel, Console(quiet=True))
        mask = nibabel.load(tmp_path / "m.nii.gz")
        assert mask.shape == source.shape
        assert {tuple(map(int, voxel)) for voxel in np.argwhere(np.asarray(mask.dataobj))} == voxels
        np.testing.assert_array_equal(mask.affine, source.affine)
        for name in ("qform_code", "sform_code", "pixdim", "xyzt_units", "quatern_b", "srow_x", "srow_y", "srow_z"):
            np.testing.assert_array_equal(mask.header[name], source.header[name], err_msg=f"{path.name} {name}")


def test_objects_on_several_slices_and_planes_of_a_stack(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((6, 40, 50), np.uint16), imagej=True, metadata={"axes": "ZYX"})
    rows = [
        {"object": 1, "at": [2, 10, 11]},
        {"object": 1, "at": [3, 12, 13]},
        {"object": 300, "at": [4, 20, 21], "axes": [0, 2]},
    ]
    settings = SegmentSettings(tmp_path / "a.tif", written(tmp_path / "c.json", rows), tmp_path / "m.tif")
    run_segment(settings, Pixel, Console(quiet=True))
    mask = tifffile.imread(tmp_path / "m.tif")
    assert mask.dtype == np.uint16
    assert {tuple(int(v) for v in place): int(mask[tuple(place)]) for place in np.argwhere(mask)} == {
        (2, 10, 11): 1,
        (3, 12, 13): 1,
        (4, 20, 21): 300,
    }


def test_network_sees_other_images_as_channels(tmp_path):
    class Seen(Pixel):
        def predict(self, image, clicks, previous=None, *, view=None):
            assert np.asarray(image)[0, 0].tolist() == [10, 20, 30]
            return super().predict(image, clicks)

    for value in (0, 10, 20, 30):
        tifffile.imwrite(tmp_path / f"{value}.tif", np.full((6, 40, 50), value, np.uint8))
    clicks, output = written(tmp_path / "c.json", [{"object": 1, "at": [2, 10, 11]}]), tmp_path / "m.tif"
    parts = tmp_path / "10.tif", tmp_path / "20.tif", tmp_path / "30.tif"
    run_segment(SegmentSettings(tmp_path / "0.tif", clicks, output, channels=parts), Seen, Console(quiet=True))
    assert np.argwhere(tifffile.imread(output)).tolist() == [[2, 10, 11]]
    tifffile.imwrite(tmp_path / "20.tif", np.zeros((6, 40, 51), np.uint8))
    with pytest.raises(
        VolumeError, match=r"0 and 20 must have one grid, got shapes \(6, 40, 50\) and \(6, 40, 51\).*--resample"
    ):
        run_segment(SegmentSettings(tmp_path / "0.tif", clicks, output, channels=parts), Seen, Console(quiet=True))


def test_channel_of_another_place_is_refused_or_resampled(tmp_path):
    class Seen(Pixel):
        def predict(self, image, clicks, previous=None, *, view=None):
            assert np.asarray(image)[1, 2].tolist() == [9, 9, 9]
            return super().predict(image, clicks)

    voxels = np.zeros((4, 5, 6), np.uint8)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1, 1, 1])), tmp_path / "i.nii")
    shifted = np.diag([-1.0, -1, 1, 1])
    shifted[0, 3] = -1
    voxels[1, 1] = 9  # one voxel further to the left, so at x = 2 of the image
    nibabel.save(nibabel.Nifti1Image(voxels, shifted), tmp_path / "c.nii")
    clicks, channels = written(tmp_path / "c.json", [{"at": [2, 1, 2]}]), (tmp_path / "c.nii",) * 3
    settings = SegmentSettings(tmp_path / "i.nii", clicks, tmp_path / "m.nii", limits=(0, 255), channels=channels)
    with pytest.raises(VolumeError, match=r"i and c must lie at one place.*Add --resample"):
        run_segment(settings, Seen, Console(quiet=True))
    run_segment(replace(settings, resample=True), Seen, Console(quiet=True))
    assert np.argwhere(np.asarray(nibabel.load(tmp_path / "m.nii").dataobj)).tolist() == [[2, 1, 2]]


@pytest.mark.parametrize("name", ["a.tif", "c.json"])
def test_output_over_an_input_is_refused_before_the_clicks(tmp_path, name):
    tifffile.imwrite(tmp_path / "a.tif", np.full((40, 50), 7, np.uint8))
    clicks = written(tmp_path / "c.json", [{"at": [10, 11]}])
    before = (tmp_path / name).read_bytes()
    with pytest.raises(VolumeError, match=r"would be lost|are written as"):
        run_segment(SegmentSettings(tmp_path / "a.tif", clicks, tmp_path / name), None, Console(quiet=True))
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("limits", [(200, 100), (5, 5), (float("nan"), 4)])
def test_limits_that_are_none_are_refused(tmp_path, limits):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((40, 50), np.uint8))
    settings = SegmentSettings(tmp_path / "a.tif", tmp_path / "c.json", tmp_path / "m.tif", limits=limits)
    with pytest.raises(VolumeError, match="Limits are what is black"):
        run_segment(settings, None, Console(quiet=True))


@pytest.mark.parametrize("keep", [True, False])
def test_texts_of_the_header_reach_the_mask_only_where_asked_for(tmp_path, keep):
    image = nibabel.Nifti1Image(np.zeros((4, 5, 6), np.uint8), np.eye(4))
    image.header["descrip"] = b"Anna Muster"
    nibabel.save(image, tmp_path / "i.nii")
    clicks = written(tmp_path / "c.json", [{"at": [2, 1, 2]}])
    run_segment(
        SegmentSettings(tmp_path / "i.nii", clicks, tmp_path / "m.nii", keep_text=keep), Pixel, Console(quiet=True)
    )
    assert (b"Anna" in (tmp_path / "m.nii").read_bytes()) is keep


def test_time_series_of_one_time_is_clicked_with_voxels_of_space(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5, 6, 1), np.uint8), np.diag([1.0, -1, 2, 1])), tmp_path / "i.nii")
    clicks = written(tmp_path / "c.json", [{"at": [1, 2, 3]}, {"at": [1, 2, 4, 0], "object": 2}])
    settings = SegmentSettings(tmp_path / "i.nii", clicks, tmp_path / "m.nii", "voxel")
    run_segment(settings, Pixel, Console(quiet=True))
    mask = np.asarray(nibabel.load(tmp_path / "m.nii").dataobj)
    assert mask.shape == (4, 5, 6, 1)
    assert (mask[1, 2, 3, 0], mask[1, 2, 4, 0], np.count_nonzero(mask)) == (1, 2, 2)


def test_command_outlines_a_lesion_at_a_position_in_millimetres(tmp_path):
    image = FOLDER / "ms_lesion.nii.gz"
    source, labels = nibabel.load(image), nibabel.load(FOLDER / "ms_lesion_labels.nii.gz")
    stored = np.asarray(labels.dataobj) > 0
    slice_ = int(stored.sum(axis=(0, 1)).argmax())
    rows, cols = np.nonzero(stored[..., slice_])
    middle = np.argmin(np.hypot(rows - rows.mean(), cols - cols.mean()))
    world = nibabel.affines.apply_affine(source.affine, (rows[middle], cols[middle], slice_))
    clicks = written(tmp_path / "clicks.json", [{"at": world.tolist()}])
    done = command(
        "segment", str(image), "--clicks", str(clicks), "-o", str(tmp_path / "m.nii.gz"), "--coordinates", "world"
    )
    assert done.returncode == 0, done.stderr
    mask = np.asarray(nibabel.load(tmp_path / "m.nii.gz").dataobj) > 0
    assert mask[rows[middle], cols[middle], slice_]
    assert {int(place) for place in np.unique(np.nonzero(mask)[2])} == {slice_}
    assert "1 clicks in" in done.stdout


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"clicks": "none.json"}, "none.json"),
        ({"output": "mask.png"}, "mask.png: volumes and masks are written as"),
        ({"image": "none.nii"}, "No file"),
    ],
)
def test_mistake_ends_with_a_message(tmp_path, change, expected):
    written(tmp_path / "clicks.json", [{"at": [1, 2, 3]}])
    names = {"image": str(FOLDER / "em_like.tif"), "clicks": "clicks.json", "output": "m.tif", **change}
    done = command(
        "segment",
        str(tmp_path / names["image"]),
        "--clicks",
        str(tmp_path / names["clicks"]),
        "-o",
        str(tmp_path / names["output"]),
    )
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
