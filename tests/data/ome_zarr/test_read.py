"""OME-Zarr of every version: axes, units, scale and place, levels, labels, converted files, damage."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.ome_zarr.opening import is_zarr
from napari_simpleclick.data.ome_zarr.read import read_label_images, read_levels

zarr = pytest.importorskip("zarr")

STACK = np.arange(6 * 8 * 10, dtype=np.uint16).reshape(6, 8, 10)
TYPES = {"t": "time", "c": "channel"}


def axes_of(names, unit="micrometer"):
    return [{"name": n, "type": TYPES.get(n, "space")} | ({} if n in TYPES else {"unit": unit}) for n in names]


def write(path, data=STACK, *, version="0.4", axes=None, scale=None, shift=None, levels=1, whole=(), **more):
    """An OME-Zarr image; the levels are the array, every second pixel, ..."""
    group = zarr.open_group(path, mode="w", zarr_format=3 if version == "0.5" else 2)
    axes = axes_of("zyx"[-data.ndim :]) if axes is None else axes
    datasets = []
    for level in range(levels):
        group.create_array(str(level), data=np.ascontiguousarray(data), chunks=(*(1,) * (data.ndim - 2), 4, 5))
        steps = [{"type": "scale", "scale": list(scale or (1.0,) * data.ndim)}]
        steps += [{"type": "translation", "translation": list(shift)}] if shift else []
        datasets.append({"path": str(level), "coordinateTransformations": steps})
        data = data[..., ::2, ::2]
    image = {"datasets": datasets, "coordinateTransformations": list(whole), "version": version}
    told = {"multiscales": [image | ({"axes": axes} if axes else {})], **more}
    group.attrs.update({"ome": {"version": version, **told}} if version == "0.5" else told)
    return path


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_scale_place_and_unit_are_those_of_the_finest_level(tmp_path, version):
    path = write(tmp_path / "a.ome.zarr", version=version, scale=(2, 0.5, 0.5), shift=(10, 20, 30), levels=2)
    volume = read_volume(path)
    assert (volume.axes, volume.spacing, volume.origin, volume.unit) == ("ZYX", (2, 0.5, 0.5), (10, 20, 30), "um")
    np.testing.assert_array_equal(volume.data, STACK)


def test_transformation_of_the_whole_image_comes_after_that_of_the_level(tmp_path):
    whole = [{"type": "scale", "scale": [3, 2, 2]}, {"type": "translation", "translation": [1, 1, 1]}]
    volume = read_volume(write(tmp_path / "a.zarr", scale=(2, 0.5, 0.5), shift=(10, 20, 30), whole=whole))
    assert (volume.spacing, volume.origin) == ((6, 1, 1), (31, 41, 61))


@pytest.mark.parametrize(
    ("z", "x", "scale", "spacing", "unit"),
    [
        ("micrometer", "nanometer", (0.05, 4, 4), (50, 4, 4), "nm"),
        ("angstrom", "angstrom", (13.48,) * 3, (1.348,) * 3, "nm"),
        ("centimeter", "centimeter", (0.1, 0.02, 0.02), (1, 0.2, 0.2), "mm"),
        ("inch", "millimeter", (1, 1, 1), (25.4, 1, 1), "mm"),
        ("", "", (1, 2, 2), (1, 2, 2), None),
    ],
)
def test_units_are_brought_together(tmp_path, z, x, scale, spacing, unit):
    axes = axes_of("z", z) + axes_of("yx", x)
    volume = read_volume(write(tmp_path / "a.zarr", axes=axes, scale=scale, shift=scale))
    assert volume.spacing == pytest.approx(spacing)
    assert volume.origin == pytest.approx(spacing)
    assert (volume.unit, volume.notices) == (unit, ())


def test_unknown_unit_is_told(tmp_path):
    volume = read_volume(write(tmp_path / "a.zarr", axes=axes_of("zyx", "furlong"), scale=(3, 2, 2)))
    assert (volume.spacing, volume.unit) == ((3, 2, 2), None)
    assert "'furlong'" in volume.notices[0]


@settings(max_examples=40, deadline=None)
@given(
    names=st.sets(st.sampled_from("tcz")).flatmap(lambda more: st.permutations([*more, "y", "x"])).map("".join),
    dtype=st.sampled_from(["bool", "u1", "i2", "u4", "i8", "f2", "f4", "f8", ">u2"]),
    version=st.sampled_from(["0.4", "0.5"]),
    numbers=st.lists(st.floats(1e-3, 1e3), min_size=5, max_size=5),
    data=st.data(),
)
def test_any_axes_types_and_scales_are_read(tmp_path_factory, names, dtype, version, numbers, data):
    shape = tuple(data.draw(st.integers(1, 6)) for _ in names)
    pixels = (np.random.default_rng(0).random(shape) > 0.5).astype(dtype)
    scale = tuple(numbers[: len(names)])
    path = tmp_path_factory.mktemp("zarr") / "a.ome.zarr"
    volume = read_volume(write(path, pixels, version=version, axes=axes_of(names), scale=scale))
    np.testing.assert_array_equal(volume.data, pixels)
    assert (volume.axes, volume.shape) == (names.upper(), shape)
    assert volume.data.dtype == np.dtype(dtype).newbyteorder("=")
    assert volume.spacing == pytest.approx(scale)


def test_versions_before_04_name_axes_or_mean_all_five(tmp_path):
    data = STACK[None, None]
    assert read_volume(write(tmp_path / "a.zarr", data, axes=[])).axes == "TCZYX"
    assert read_volume(write(tmp_path / "b.zarr", axes=["z", "y", "x"])).axes == "ZYX"


def test_long_names_of_axes_are_letters_by_their_type(tmp_path):
    axes = [{"name": "time", "type": "time"}, *axes_of("yx")]
    assert read_volume(write(tmp_path / "a.zarr", axes=axes)).axes == "TYX"
    axes = [{"name": "depth", "type": "space"}, *axes_of("yx")]
    assert read_volume(write(tmp_path / "b.zarr", axes=axes)).axis_labels == ("z", "y", "x")


@pytest.mark.parametrize("scale", [(0, 1, 1), (-1, 1, 1)])
def test_size_that_is_none_is_told(tmp_path, scale):
    volume = read_volume(write(tmp_path / "a.zarr", scale=scale))
    assert volume.spacing == (1, 1, 1)
    assert "The size of Z" in volume.notices[0]


def test_missing_coarse_level_is_told_and_missing_finest_level_refused(tmp_path):
    path = write(tmp_path / "a.zarr", levels=3)
    shutil.rmtree(path / "1")
    volume, arrays = read_levels(path)
    assert [array.shape for array in arrays] == [(6, 8, 10), (6, 2, 3)]
    assert "levels 1 are missing" in volume.notices[0]
    shutil.rmtree(path / "0")
    with pytest.raises(VolumeError, match=r"its finest level 0 is missing.*Level 2 is there: open .*a.zarr.2 "):
        read_volume(path)
    assert read_volume(path / "2").shape == (6, 2, 3)


@pytest.mark.parametrize("more", [{"image-label": {}}, {}])
def test_labels_belong_to_their_image_and_open_for_themselves(tmp_path, more):
    path = write(tmp_path / "a.ome.zarr", scale=(2, 1, 1))
    zarr.open_group(path / "labels", mode="w", zarr_format=2).attrs["labels"] = ["cells", "lost"]
    write(path / "labels" / "cells", STACK % 3, scale=(2, 1, 1), **more)
    (labels,) = read_label_images(path)
    assert (labels.name, labels.labels, labels.spacing) == ("cells", True, (2, 1, 1))
    for where in (path / "labels" / "cells", path / "labels"):
        np.testing.assert_array_equal(read_volume(where).data, STACK % 3)
        assert read_volume(where).labels


def test_levels_that_are_listed_the_coarsest_first_are_put_in_order(tmp_path):
    path = write(tmp_path / "a.zarr", levels=3)
    told = json.loads((path / ".zattrs").read_text())
    told["multiscales"][0]["datasets"].reverse()
    for level, each in enumerate(reversed(told["multiscales"][0]["datasets"])):
        each["coordinateTransformations"] = [{"type": "scale", "scale": [1, 2**level, 2**level]}]
    (path / ".zattrs").write_text(json.dumps(told))
    volume, arrays = read_levels(path)
    np.testing.assert_array_equal(volume.data, STACK)
    assert volume.spacing == (1, 1, 1)
    assert [array.shape for array in arrays] == [(6, 8, 10), (6, 4, 5), (6, 2, 3)]


def test_further_images_of_a_group_are_told(tmp_path):
    path = write(tmp_path / "a.zarr")
    told = json.loads((path / ".zattrs").read_text())
    (first,) = told["multiscales"]
    told["multiscales"] = [{**first, "name": "raw"}, {**first, "name": "denoised"}]
    (path / ".zattrs").write_text(json.dumps(told))
    assert read_volume(path).notices == ("a.zarr holds 2 images; raw is opened. Not opened: denoised.",)


def test_transformations_that_are_not_carried_out_are_told(tmp_path):
    path = write(tmp_path / "a.zarr", whole=[{"type": "affine", "affine": []}, {"type": "identity"}])
    (notice,) = read_volume(path).notices
    assert "of the kind affine are left out" in notice


def test_summary_of_a_folder_that_is_out_of_date_does_not_count(tmp_path):
    path = write(tmp_path / "a.zarr")
    summary = {"zarr_consolidated_format": 1, "metadata": {".zgroup": {"zarr_format": 2}}}
    (path / ".zmetadata").write_text(json.dumps(summary))
    np.testing.assert_array_equal(read_volume(path).data, STACK)


def test_image_of_a_converted_file_is_opened_and_others_are_told(tmp_path):
    root = zarr.open_group(tmp_path / "conv.zarr", mode="w", zarr_format=2)
    root.attrs["bioformats2raw.layout"] = 3
    for name in ("0", "10", "2"):
        write(tmp_path / "conv.zarr" / name, STACK + int(name))
    volume = read_volume(tmp_path / "conv.zarr")
    np.testing.assert_array_equal(volume.data, STACK)
    assert "holds 3 images" in volume.notices[0]
    assert "Not opened: 2, 10" in volume.notices[0]
    np.testing.assert_array_equal(read_volume(tmp_path / "conv.zarr" / "2").data, STACK + 2)


def test_order_of_a_converted_file_is_the_listed_one(tmp_path):
    root = zarr.open_group(tmp_path / "conv.zarr", mode="w", zarr_format=2)
    root.attrs["bioformats2raw.layout"] = 3
    root.create_group("OME").attrs["series"] = ["1", "0"]
    for name in ("0", "1"):
        write(tmp_path / "conv.zarr" / name, STACK + int(name))
    np.testing.assert_array_equal(read_volume(tmp_path / "conv.zarr").data, STACK + 1)


@pytest.mark.parametrize("told", ["../other.zarr", "0/../../other.zarr", "/other.zarr", ".."])
def test_folder_does_not_decide_what_else_is_opened(told, tmp_path):
    write(tmp_path / "other.zarr")
    told = str(tmp_path) + told if told.startswith("/") else told
    root = zarr.open_group(tmp_path / "conv.zarr", mode="w", zarr_format=2)
    root.attrs["bioformats2raw.layout"] = 3
    root.create_group("OME").attrs["series"] = [told]
    listed = zarr.open_group(tmp_path / "labels.zarr", mode="w", zarr_format=2)
    listed.attrs["labels"] = [told]
    for name in ("conv.zarr", "labels.zarr"):
        with pytest.raises(VolumeError, match="expected an OME-Zarr image"):
            read_volume(tmp_path / name)
    image = write(tmp_path / "a.zarr")
    zarr.open_group(image / "labels", mode="w", zarr_format=2).attrs["labels"] = [told, "../../other.zarr"]
    assert read_label_images(image) == []


def test_fields_of_a_plate_are_named(tmp_path):
    root = zarr.open_group(tmp_path / "plate.zarr", mode="w", zarr_format=2)
    root.attrs["plate"] = {"wells": [{"path": "A/1"}, {"path": "B/2"}]}
    write(tmp_path / "plate.zarr" / "A" / "1" / "0")
    with pytest.raises(VolumeError, match=r"got a group of A/1/0, B/2/0. Choose the image inside it, such as .*0\."):
        read_volume(tmp_path / "plate.zarr")
    np.testing.assert_array_equal(read_volume(tmp_path / "plate.zarr" / "A" / "1" / "0").data, STACK)


def test_zarr_is_known_by_its_name_or_by_what_lies_in_it(tmp_path):
    path = write(tmp_path / "a.zarr")
    assert is_zarr(path)
    assert is_zarr(path / "0")
    assert is_zarr(tmp_path / "new.ome.ZARR")
    assert not is_zarr(tmp_path)


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_chunks_that_are_not_there_are_told_and_none_at_all_is_refused(tmp_path, version):
    path = write(tmp_path / "a.zarr", version=version)
    chunks = sorted(each for each in (path / "0").rglob("*") if each.is_file() and each.name[0] in "0123456789")
    chunks[0].unlink()
    assert "1 of 24 chunks are not there; they are shown as 0" in read_volume(path).notices[0]
    for each in chunks[1:]:
        each.unlink()
    with pytest.raises(VolumeError, match="holds none of its 24 chunks"):
        read_volume(path)


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_damaged_chunk_is_named_when_it_is_read(tmp_path, version):
    path = write(tmp_path / "a.zarr", version=version)
    for each in (path / "0").rglob("*"):
        if each.is_file() and each.name[0] in "0123456789":
            each.write_bytes(each.read_bytes()[:-3])
    volume = read_volume(path)
    with pytest.raises(VolumeError, match=r"a.zarr.0.*copy it again"):
        volume.plane(0).read(slice(None), slice(None))


@pytest.mark.parametrize("dtype", ["c8", "U3"])
def test_other_than_real_numbers_are_refused(tmp_path, dtype):
    zarr.create_array(tmp_path / "a.zarr", shape=(4, 5), dtype=dtype, zarr_format=2)
    with pytest.raises(VolumeError, match="expected real numbers"):
        read_volume(tmp_path / "a.zarr")


@pytest.mark.parametrize("shape", [(5,), (0, 4)])
def test_what_no_image_is_is_refused(tmp_path, shape):
    zarr.create_array(tmp_path / "a.zarr", shape=shape, dtype="u1", chunks=(4,) * len(shape), zarr_format=2)
    with pytest.raises(VolumeError, match="expected an image of two axes or more"):
        read_volume(tmp_path / "a.zarr")


def test_empty_group_is_refused_with_a_cure_that_is_not_itself(tmp_path):
    zarr.create_group(tmp_path / "a.zarr")
    with pytest.raises(VolumeError, match=r"got a group of nothing. Was it copied completely\?$"):
        read_volume(tmp_path / "a.zarr")


def test_chunk_that_does_not_fit_into_memory_is_refused_before_it_is_read(tmp_path):
    path = write(tmp_path / "a.zarr")
    told = json.loads((path / "0" / ".zarray").read_text())
    (path / "0" / ".zarray").write_text(json.dumps(told | {"shape": [1, 10**7, 10**7], "chunks": [1, 10**7, 10**7]}))
    with pytest.raises(VolumeError, match="A chunk of 0 needs about"):
        read_volume(path)


SHORT = {"type": "scale", "scale": [1]}


@pytest.mark.parametrize(
    "told",
    [
        {"multiscales": []},
        {"multiscales": [{"datasets": []}]},
        {"multiscales": [{"datasets": [{"path": "../../../etc"}]}]},
        {"multiscales": [{"datasets": [{"path": "0"}], "axes": [{"name": "x"}]}]},
        {
            "multiscales": [
                {"datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1]}]}]}
            ]
        },
        {"multiscales": 7},
        {"labels": 7},
        {"plate": []},
    ],
)
def test_broken_description_is_told(tmp_path, told):
    path = write(tmp_path / "a.zarr")
    (path / ".zattrs").write_text(json.dumps(told))
    with pytest.raises(VolumeError, match=r"a\.zarr"):
        read_volume(path)
