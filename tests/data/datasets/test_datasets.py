"""Every data set in its layout: what is an object, what is ignored, and what is said when something is wrong."""

from pathlib import Path

import nibabel
import numpy as np
import pytest
from tests.data.datasets import layouts

from napari_simpleclick.data.datasets.base import DatasetError, Sample
from napari_simpleclick.data.datasets.options import DatasetOptions
from napari_simpleclick.data.datasets.registry import DATASETS, dataset_info, open_dataset
from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import write_volume

PICTURE_LAYOUTS = {
    "ssTEM": (layouts.sstem, [(1, 2), ()]),
    "GrabCut": (layouts.grabcut, [(1,)]),
    "Berkeley": (layouts.berkeley, [(1,), (1,)]),
    "DAVIS": (layouts.davis, [(1,)]),
    "COCO_MVal": (layouts.davis, [(1,)]),
    "PascalVOC": (layouts.pascal_voc, [(1, 2)]),
    "SBD": (layouts.sbd, [(1, 2)]),
    "SBD_train": (layouts.sbd, [(1,)]),
    "BraTS": (layouts.brats_slices, [(1,)]),
    "OAIZIB": (layouts.oaizib_slices, [(1, 2)]),
}


@pytest.mark.parametrize("name", PICTURE_LAYOUTS)
def test_objects_of_every_layout(tmp_path, name):
    write, expected = PICTURE_LAYOUTS[name]
    write(tmp_path)
    dataset = open_dataset(name, tmp_path)
    samples = [dataset[index] for index in range(len(dataset))]
    assert [sample.object_ids for sample in samples] == expected
    assert dataset.name == name
    for sample in samples:
        assert sample.image.shape == (layouts.HEIGHT, layouts.WIDTH, 3)
        assert sample.image.dtype == np.uint8
        assert all(sample.mask(object_id).any() for object_id in sample.object_ids)


def test_rim_of_grabcut_is_ignored(tmp_path):
    layouts.grabcut(tmp_path)
    sample = open_dataset("GrabCut", tmp_path)[0]
    assert sample.mask(1).sum() == 12 * 8
    assert sample.ignore.sum() == 16 * 12 - 12 * 8


def test_rim_of_pascal_is_ignored_and_its_palette_is_read_as_numbers(tmp_path):
    layouts.pascal_voc(tmp_path)
    sample = open_dataset("PascalVOC", tmp_path)[0]
    assert sample.mask(2).sum() == 15 * 12
    assert sample.ignore.sum() == 12


def test_all_channels_of_a_color_mask_are_the_object(tmp_path):
    layouts.davis(tmp_path)
    assert open_dataset("DAVIS", tmp_path)[0].mask(1).sum() == 8 * 10 + 16 * 12


def test_mitochondria_that_touch_at_a_corner_are_one(tmp_path):
    layouts.sstem(tmp_path)
    sample = open_dataset("ssTEM", tmp_path)[0]
    assert sample.mask(1).sum() == 8 * 10 + 4 * 4


@pytest.mark.parametrize(
    "pattern", ["BraTS20_Training_001_{}", "BraTS2021_00000_{}", "BraTS-GLI-00000-000-{}", "BraTS-MET-00001-000-{}"]
)
@pytest.mark.parametrize(("modality", "mean"), [("flair", 0), ("t1ce", 200)])
def test_volumes_of_every_year_of_brats(tmp_path, pattern, modality, mean):
    layouts.brats_volumes(tmp_path, pattern)
    dataset = open_dataset("BraTS", tmp_path, DatasetOptions(modality=modality))
    sample = dataset[0]
    assert (len(dataset), sample.object_ids) == (1, (1,))
    assert sample.name == f"{pattern.removesuffix('{}').rstrip('_-')} slice 3"
    np.testing.assert_array_equal(sample.mask(1), layouts.tumor()[:, :, 3].T > 0)
    assert dataset.selection == "axial, slice with the largest labelled area of 1 volumes, labels all"


def test_slice_shows_the_modality_that_was_asked_for(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS20_Training_001_{}")
    path = tmp_path / "BraTS20_Training_001" / "BraTS20_Training_001_t2.nii.gz"
    marked = np.zeros((layouts.WIDTH, layouts.HEIGHT, 5), np.uint8)
    marked[7, 3, 3] = 200
    layouts.volume(path, marked)
    image = open_dataset("BraTS", tmp_path, DatasetOptions(modality="t2"))[0].image
    assert np.argwhere(image[..., 0]).tolist() == [[3, 7]]
    assert image[3, 7].tolist() == [200, 200, 200]


def test_all_slices_in_another_direction_with_chosen_labels(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS20_Training_001_{}")
    options = DatasetOptions(slice_rule="all", axis="sagittal", label=(1, 4))
    dataset = open_dataset("BraTS", tmp_path, options)
    assert [dataset[index].name.split()[-1] for index in range(len(dataset))] == ["4", "5", "6", "7"]
    assert [int(dataset[index].mask(1).sum()) for index in range(len(dataset))] == [6, 6, 4, 4]


def test_knee_cartilages_of_volumes_are_two_objects_without_bones(tmp_path):
    layouts.oaizib_volumes(tmp_path)
    sample = open_dataset("OAIZIB", tmp_path)[0]
    assert sample.name == "oaizib_001 slice 3"
    assert [int(sample.mask(object_id).sum()) for object_id in sample.object_ids] == [20, 20]


def test_chosen_labels_of_knees_stay_apart(tmp_path):
    layouts.oaizib_volumes(tmp_path)
    assert open_dataset("OAIZIB", tmp_path, DatasetOptions(label=(4, 5)))[0].object_ids == (4, 5)


def test_own_folder_takes_labels_or_components(tmp_path):
    for name, marks in {
        "labels": layouts.mask((*layouts.LEFT, 7), (*layouts.RIGHT, 9)),
        "mask": layouts.mask((*layouts.LEFT, 255), (*layouts.RIGHT, 255), (slice(0, 1), slice(0, 2), 255)),
        "nothing": layouts.mask(),
    }.items():
        layouts.photograph(tmp_path / "images" / f"{name}.jpg")
        layouts.save(tmp_path / "masks" / f"{name}.png", marks)
    dataset = open_dataset("folder", tmp_path, DatasetOptions(min_size=3))
    assert [dataset[index].object_ids for index in range(3)] == [(7, 9), (2, 3), ()]


@pytest.mark.parametrize("ending", [".nii.gz", ".nii", ".tif"])
def test_own_volumes_with_labels_beside_them(tmp_path, ending):
    marks = layouts.tumor().T
    write_volume(tmp_path / f"liver{ending}", np.random.default_rng(0).normal(size=marks.shape).astype(np.float32))
    write_volume(tmp_path / f"liver_labels{ending}", marks)
    sample = open_dataset("volumes", tmp_path)[0]
    assert (sample.name, sample.object_ids) == ("liver slice 3", (1, 2))


@pytest.mark.parametrize(
    ("image", "labels"), [("p.nii", "p_SEG.nii"), ("p.nii", "p-Mask.nii"), ("e\u0301.nii", "\u00e9_labels.nii")]
)
def test_labels_are_found_whatever_the_case_and_the_system_of_their_name(tmp_path, image, labels):
    voxels = np.zeros((3, 8, 9), np.uint8)
    voxels[1, 2:5, 2:5] = 1
    for name in (image, labels):
        write_volume(tmp_path / name, voxels)
    assert len(open_dataset("volumes", tmp_path)) == 1


@pytest.mark.parametrize("names", [("p.ome.tif", "p_gt.tif"), ("p.tif", "p_segmentation.ome.tiff")])
def test_volumes_and_labels_find_each_other_whatever_the_format(tmp_path, names):
    for name in names:
        write_volume(tmp_path / name, np.ones((3, 8, 9), np.uint8))
    assert len(open_dataset("volumes", tmp_path)) == 1


@pytest.mark.parametrize("names", [("p.nii", "p.tif", "p_seg.nii"), ("p.nii", "p_seg.nii", "p_labels.nii")])
def test_two_files_for_one_volume_are_told(tmp_path, names):
    for name in names:
        write_volume(tmp_path / name, np.ones((3, 8, 9), np.uint8))
    with pytest.raises(DatasetError, match=r"for one volume\. Remove one of them"):
        open_dataset("volumes", tmp_path)


def test_labels_shared_by_modalities_ask_for_one(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS20_Training_001_{}")
    folder = tmp_path / "BraTS20_Training_001"
    with pytest.raises(DatasetError, match=r"found: .*_flair, .*_t1, .*_t1ce, .*_t2. Choose one .* with --modality"):
        open_dataset("volumes", folder)
    assert len(open_dataset("volumes", folder, DatasetOptions(modality="t1"))) == 1


def test_bundled_samples_need_no_folder(tmp_path):
    dataset = open_dataset("samples", tmp_path)
    samples = [dataset[index] for index in range(len(dataset))]
    assert [sample.name.split()[0] for sample in samples] == ["em_like", "ms_lesion"]
    assert all(sample.mask(object_id).sum() >= 30 for sample in samples for object_id in sample.object_ids)
    assert [len(sample.object_ids) for sample in samples] == [11, 5]


def test_sections_of_the_shared_stack(shared):
    dataset = open_dataset("ssTEM", shared / "data" / "sstem")
    samples = [dataset[index] for index in range(len(dataset))]
    assert (len(samples), sum(len(sample.object_ids) for sample in samples)) == (10, 194)
    warning = dataset_info("sstem").count_warning(images=10)
    assert warning is not None
    assert "found 10 instead of 20 images" in warning


def test_real_case_with_names_of_brats(shared):
    dataset = open_dataset("BraTS", shared / "data" / "ms_lesions", DatasetOptions(modality="t1"))
    assert dataset[0].name == "patient19 slice 100"


def test_unknown_name_lists_the_right_ones(tmp_path):
    with pytest.raises(DatasetError, match=r"Unknown data set 'STEM'. Choose one of: GrabCut, .*ssTEM"):
        open_dataset("STEM", tmp_path)


@pytest.mark.parametrize("name", DATASETS)
def test_missing_folder_tells_layout_and_source(tmp_path, name):
    with pytest.raises(DatasetError, match=r"No folder .*Point --data-dir at") as raised:
        open_dataset(name, tmp_path / "nowhere")
    assert DATASETS[name].source in str(raised.value)


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "samples"])
def test_other_layout_tells_what_was_expected_and_found(tmp_path, name):
    (tmp_path / "holiday").mkdir()
    with pytest.raises(DatasetError, match=r"Expected .*found: holiday"):
        open_dataset(name, tmp_path)


@pytest.mark.parametrize("lost", ["raw/00.tif", "mitochondria/01.png"])
def test_picture_without_partner_is_named(tmp_path, lost):
    layouts.sstem(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(DatasetError, match=rf"without a partner: {lost.split('/')[1][:2]}. Was the archive unpacked"):
        open_dataset("ssTEM", tmp_path)


def test_files_missing_from_a_list_are_counted(tmp_path):
    layouts.sbd(tmp_path)
    (tmp_path / "inst" / "b.mat").unlink()
    with pytest.raises(DatasetError, match=r"val.txt names 1 pictures, but 1 files are missing, such as .*b.mat"):
        open_dataset("SBD", tmp_path)


def test_damaged_matlab_file_is_named(tmp_path):
    layouts.sbd(tmp_path)
    (tmp_path / "inst" / "b.mat").write_bytes(b"half a download")
    with pytest.raises(DatasetError, match=r"b.mat: expected a MATLAB file with GTinst.Segmentation"):
        open_dataset("SBD", tmp_path)[0]


def test_half_downloaded_picture_is_named(tmp_path):
    layouts.davis(tmp_path)
    path = tmp_path / "img" / "bear_00001.jpg"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(VolumeError, match=r"bear_00001.jpg cannot be read as a picture \(200 bytes\)"):
        open_dataset("DAVIS", tmp_path)[0]


def test_mask_of_another_size_is_named(tmp_path):
    layouts.davis(tmp_path)
    layouts.save(tmp_path / "gt" / "bear_00001.png", layouts.mask()[:-1])
    with pytest.raises(DatasetError, match=r"bear_00001.jpg: image and mask .* got \(24, 32\) and \(23, 32\)"):
        open_dataset("DAVIS", tmp_path)[0]


def test_volume_and_labels_of_different_grids_are_named(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS2021_00000_{}")
    layouts.volume(tmp_path / "BraTS2021_00000" / "BraTS2021_00000_flair.nii.gz", np.zeros((3, 4, 5), np.uint8))
    with pytest.raises(DatasetError, match=r"BraTS2021_00000: .*must have one grid, got shapes \(5, 4, 3\)"):
        open_dataset("BraTS", tmp_path)[0]


def test_label_that_no_volume_has_lists_those_there_are(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS2021_00000_{}")
    with pytest.raises(DatasetError, match=r"no slice has a label of \[3\]; labels in the volumes: \[1, 2, 4\]"):
        open_dataset("BraTS", tmp_path, DatasetOptions(label=(3,)))


def test_case_without_the_modality_tells_what_is_there(tmp_path):
    layouts.brats_volumes(tmp_path, "BraTS2021_00000_{}")
    (tmp_path / "BraTS2021_00000" / "BraTS2021_00000_flair.nii.gz").unlink()
    with pytest.raises(DatasetError, match=r"expected BraTS2021_00000_flair.nii.gz or .*t2f.nii.gz .*--modality"):
        open_dataset("BraTS", tmp_path)
    with pytest.raises(DatasetError, match=r"Unknown modality 'dwi'. Choose one of: flair, t1, t1ce, t2"):
        open_dataset("BraTS", tmp_path, DatasetOptions(modality="dwi"))


def test_probabilities_are_no_labels(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.full((3, 4, 5), 0.5, np.float32), np.eye(4)), tmp_path / "a_seg.nii.gz")
    layouts.volume(tmp_path / "a.nii.gz", np.zeros((3, 4, 5), np.uint8))
    with pytest.raises(DatasetError, match="labels must be whole numbers"):
        open_dataset("volumes", tmp_path)


def test_sample_of_image_and_labels_that_differ_is_refused():
    with pytest.raises(DatasetError, match=r"a: image and mask must have the same height and width"):
        Sample("a", np.zeros((3, 4, 3), np.uint8), np.zeros((4, 3), int), ())


def test_complete_data_sets_are_not_warned_about():
    assert dataset_info("GrabCut").count_warning(images=50, objects=50) is None
    assert dataset_info("folder").count_warning(images=3) is None


def test_every_data_set_is_documented():
    page = Path(__file__).parents[3] / "docs" / "reference" / "data_sets.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(DATASETS)
    counts = {row.split(" | ")[0].removeprefix("| "): row.split(" | ")[1] for row in rows}
    assert all(counts[info.name] == f"{info.images} / {info.objects}" for info in DATASETS.values() if info.images)
