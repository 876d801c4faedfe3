"""What the header of a NIfTI file can say, row by row: see the table in docs/reference/formats.md."""

import gzip
import struct

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_simpleclick.data.errors import VolumeError
from napari_simpleclick.data.io import read_volume, write_mask, write_volume
from napari_simpleclick.data.volume import Volume

VOXELS = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
PLACED = np.diag([1.0, 1.0, 2.0, 1.0])
PLACED[:3, 3] = 50, -20, 30

TEXTS = ("descrip", "db_name", "aux_file", "intent_name")


def patched(path, *changes, voxels=VOXELS, affine=PLACED):
    """A file whose header has other bytes at some places: (struct format, offset, values ...)."""
    image = nibabel.Nifti1Image(voxels, None)
    image.set_qform(affine, 1)
    image.set_sform(affine, 1)
    content = bytearray(image.to_bytes())
    for form, offset, *values in changes:
        struct.pack_into(form, content, offset, *values)
    path.write_bytes(gzip.compress(bytes(content)) if path.name.endswith(".gz") else bytes(content))
    return path


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("magic", [b"n+1\0", b"ni1\0"])
def test_voxels_that_lie_at_byte_zero_are_behind_the_header(tmp_path, name, magic):
    zero = read_volume(patched(tmp_path / name, ("<f", 108, 0.0), ("<4s", 344, magic)))
    np.testing.assert_array_equal(zero.data, read_volume(patched(tmp_path / "b.nii")).data)


def test_header_of_a_pair_of_files_is_told(tmp_path):
    path = patched(tmp_path / "a.nii", ("<f", 108, 0.0), ("<4s", 344, b"ni1\0"))
    path.write_bytes(path.read_bytes()[:348])
    with pytest.raises(VolumeError, match=r"is the header of a pair of files.*in an .img beside it. Convert"):
        read_volume(path)


def test_axis_of_no_voxels_is_told_with_a_cure(tmp_path):
    with pytest.raises(VolumeError, match=r"its header states \(3, 4, 5, 0\).*are 1 in the field dim; write it again"):
        read_volume(patched(tmp_path / "a.nii", ("<8h", 40, 4, 3, 4, 5, 0, 1, 1, 1)))


def test_zero_sform_leaves_the_word_to_a_good_qform(tmp_path):
    good = read_volume(patched(tmp_path / "good.nii"))
    bad = read_volume(patched(tmp_path / "bad.nii", ("<12f", 280, *(0.0,) * 12)))
    assert bad.origin == good.origin == (30.0, 20.0 - 3, -50.0 - 2)
    np.testing.assert_array_equal(bad.data, good.data)


@pytest.mark.parametrize("numbers", [(np.nan,) * 12, (1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)])
def test_sform_that_spans_no_space_leaves_the_word_to_a_good_qform(tmp_path, numbers):
    volume = read_volume(patched(tmp_path / "a.nii", ("<12f", 280, *map(float, numbers))))
    assert volume.origin == (30.0, 17.0, -52.0)


def test_quaternion_that_is_none_falls_back_to_the_voxel_size(tmp_path):
    path = patched(tmp_path / "a.nii", ("<h", 254, 0), ("<3f", 256, 3.0, 3.0, 3.0))
    assert read_volume(path).spacing == (2.0, 1.0, 1.0)


@pytest.mark.parametrize("far", [1e6, 1e20, -1e30])
@pytest.mark.parametrize("place", [280, 284, 296, 300, 316, 320])
def test_sform_with_a_number_out_of_all_proportion_is_read(tmp_path, far, place):
    volume = read_volume(patched(tmp_path / "a.nii", ("<f", place, far)))
    assert sorted(volume.shape) == [3, 4, 5]
    assert np.sort(np.asarray(volume.data), axis=None).tolist() == list(range(60))


@pytest.mark.parametrize("side", [1e-3, 1e-4, 1e-5, 1e-9, 1e9])
def test_voxels_of_any_size_keep_their_place_and_direction(tmp_path, side):
    affine = np.diag([side, side, side, 1.0])
    affine[:3, 3] = 10 * side
    volume = read_volume(patched(tmp_path / "a.nii", ("<b", 123, 1), affine=affine))
    np.testing.assert_array_equal(volume.data, VOXELS[::-1, ::-1].T)
    np.testing.assert_allclose(volume.spacing, side, rtol=1e-6)
    np.testing.assert_allclose(volume.origin, np.array([10, -13, -12]) * side, rtol=1e-6)
    assert volume.unit == "m"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("<f", 116, np.nan)], "intercept nan"),
        ([("<h", 70, 0)], "data code 0"),
        ([("<h", 70, 9999)], "data code 9999"),
        ([("<f", 108, 351.0)], "vox offset 351"),
        ([("<f", 108, np.inf)], "places the voxels at byte inf"),
        ([("<h", 42, -5)], "expected 1 voxel or more along every axis"),
        ([("<h", 42, 0)], "expected 1 voxel or more along every axis"),
        ([("<h", 42, 30000)], r"promises \(30000, 4, 5\) voxels"),
        ([("<h", 70, 32), ("<h", 72, 64)], "complex64; expected numbers"),
        ([("<4s", 344, b"xxxx")], "cannot be read as NIfTI"),
        ([("<h", 68, 3001)], "expected a volume of voxels"),
    ],
)
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_header_that_cannot_be_used_is_told_with_the_name_of_the_file(tmp_path, changes, message, name):
    if "slope" in message or changes[0][1] == 116:
        changes = [("<f", 112, 2.0), *changes]
    if name.endswith(".gz") and changes[0][:2] == ("<h", 42) and changes[0][2] > 0:
        changes = [("<4h", 42, 30000, 30000, 30000, 1)]
        message = "header promises"
    with pytest.raises(VolumeError, match=message) as caught:
        read_volume(patched(tmp_path / name, *changes))
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [("<b", 123, 7), ("<ff", 112, np.nan, np.nan), ("<f", 112, 0.0), ("<h", 252, -9), ("<h", 68, 77), ("<f", 76, 5.0)],
)
def test_fields_that_do_not_matter_are_no_reason_to_refuse(tmp_path, change):
    np.testing.assert_array_equal(read_volume(patched(tmp_path / "a.nii", change)).data, VOXELS[::-1, ::-1].T)


@pytest.mark.parametrize(("code", "unit"), [(0, "mm"), (1, "m"), (2, "mm"), (3, "um"), (7, "mm"), (2 | 8, "mm")])
def test_units(tmp_path, code, unit):
    assert read_volume(patched(tmp_path / "a.nii", ("<b", 123, code))).unit == unit


@pytest.mark.parametrize(
    ("shape", "axes", "seen"),
    [
        ((3, 4), "ZYX", (1, 4, 3)),
        ((3, 4, 5, 1), "ZYX", (5, 4, 3)),
        ((3, 4, 5, 2), "TZYX", (2, 5, 4, 3)),
        ((3, 4, 5, 1, 2), "CZYX", (2, 5, 4, 3)),
        ((3, 4, 5, 2, 3), "CTZYX", (3, 2, 5, 4, 3)),
        ((3, 4, 5, 1, 1, 1, 2), "WZYX", (2, 5, 4, 3)),
        ((3, 4, 1, 2), "TZYX", (2, 1, 4, 3)),
    ],
)
def test_axes_of_one_entry_beyond_space_are_no_axes_but_stay_on_disk(tmp_path, shape, axes, seen):
    voxels = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1, 1, 1])), tmp_path / "a.nii.gz")
    volume = read_volume(tmp_path / "a.nii.gz")
    assert (volume.axes, volume.shape, len(volume.spacing)) == (axes, seen, len(seen))
    write_mask(tmp_path / "m.nii.gz", np.asarray(volume.data), volume)
    written = nibabel.load(tmp_path / "m.nii.gz")
    assert written.shape == shape
    np.testing.assert_array_equal(np.asarray(written.dataobj), voxels)


def test_labels_scaled_into_the_header_of_their_image_are_labels(tmp_path):
    image = nibabel.Nifti1Image(VOXELS, PLACED)
    labels = np.zeros(VOXELS.shape)
    labels[1], labels[2] = 1, 2
    nibabel.save(nibabel.Nifti1Image(labels, PLACED, image.header), tmp_path / "seg.nii.gz")
    stored = nibabel.load(tmp_path / "seg.nii.gz")
    assert not np.equal(np.mod(stored.get_fdata(), 1), 0).all()
    volume = read_volume(tmp_path / "seg.nii.gz")
    assert volume.data.dtype == np.uint8
    np.testing.assert_array_equal(volume.data, labels[::-1, ::-1].T)


def test_scaled_image_stays_as_it_is(tmp_path):
    image = nibabel.Nifti1Image(VOXELS, PLACED)
    nibabel.save(nibabel.Nifti1Image(VOXELS / 7, PLACED, image.header), tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(
        read_volume(tmp_path / "a.nii.gz").data,
        nibabel.load(tmp_path / "a.nii.gz").get_fdata(dtype=np.float32)[::-1, ::-1].T,
    )


@pytest.mark.parametrize(("name", "packed"), [("a.nii", True), ("a.nii.gz", False), ("A.NII.GZ", True)])
def test_gzip_is_known_by_its_bytes_not_by_the_name(tmp_path, name, packed):
    content = patched(tmp_path / "plain.nii").read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    volume = read_volume(tmp_path / name)
    np.testing.assert_array_equal(volume.data, VOXELS[::-1, ::-1].T)
    assert volume.name.lower() == "a"


def test_every_flipped_bit_of_a_packed_file_is_noticed(tmp_path):
    rng = np.random.default_rng(0)
    voxels = rng.integers(0, 200, (20, 20, 10)).astype(np.uint8)
    nibabel.save(nibabel.Nifti1Image(voxels, PLACED), tmp_path / "a.nii.gz")
    content, whole = (tmp_path / "a.nii.gz").read_bytes(), np.asarray(read_volume(tmp_path / "a.nii.gz").data)
    for place in rng.integers(10, len(content), 200):  # before lies gzip's own header, with the name and the time
        broken = bytearray(content)
        broken[place] ^= 1 << rng.integers(8)
        (tmp_path / "b.nii.gz").write_bytes(broken)
        try:
            data = read_volume(tmp_path / "b.nii.gz").data
        except VolumeError:
            continue
        np.testing.assert_array_equal(data, whole)


def test_what_follows_the_packed_volume_is_no_part_of_it(tmp_path):
    path = patched(tmp_path / "a.nii.gz")
    path.write_bytes(path.read_bytes() + b"JUNK")
    np.testing.assert_array_equal(read_volume(path).data, VOXELS[::-1, ::-1].T)


def test_colours_are_read(tmp_path):
    voxels = np.zeros((3, 4, 5), [(channel, "u1") for channel in "RGB"])
    voxels["R"], voxels["B"][0, 0, 0] = 7, 9
    nibabel.save(nibabel.Nifti1Image(voxels, np.diag([-1.0, -1, 1, 1])), tmp_path / "a.nii.gz")
    volume = read_volume(tmp_path / "a.nii.gz")
    assert (volume.rgb, volume.shape, volume.data.shape) == (True, (5, 4, 3), (5, 4, 3, 3))
    assert volume.data[0, 0, 0].tolist() == [7, 0, 9]
    write_mask(tmp_path / "m.nii.gz", np.ones(volume.shape, np.uint8), volume)
    assert nibabel.load(tmp_path / "m.nii.gz").shape == (3, 4, 5)


def test_masks_say_that_they_are_labels_and_carry_no_text(tmp_path):
    header = nibabel.Nifti1Header()
    for field in TEXTS:
        header[field] = b"Anna Muster"
    header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"born 1970"))
    nibabel.save(nibabel.Nifti1Image(VOXELS, PLACED, header), tmp_path / "a.nii")
    write_mask(tmp_path / "m.nii", np.ones((5, 4, 3), np.uint8), read_volume(tmp_path / "a.nii"))
    content = (tmp_path / "m.nii").read_bytes()
    assert b"Anna" not in content
    assert b"1970" not in content
    assert read_volume(tmp_path / "m.nii").labels
    assert not read_volume(tmp_path / "a.nii").labels


def test_texts_are_kept_where_that_is_asked_for(tmp_path):
    from dataclasses import replace

    header = nibabel.Nifti1Header()
    header["descrip"] = b"scan 4"
    nibabel.save(nibabel.Nifti1Image(VOXELS, PLACED, header), tmp_path / "a.nii")
    volume = read_volume(tmp_path / "a.nii")
    kept = replace(volume, geometry=replace(volume.geometry, keep_text=True))
    write_mask(tmp_path / "m.nii", np.ones((5, 4, 3), np.uint8), kept)
    assert nibabel.load(tmp_path / "m.nii").header["descrip"] == b"scan 4"


@pytest.mark.parametrize("unit", [None, "um", "mm", "m"])
def test_unit_of_a_layer_comes_back(tmp_path, unit):
    like = Volume(np.zeros((2, 3, 4)), (3.0, 2.0, 1.0), unit)
    write_mask(tmp_path / "m.nii.gz", np.ones((2, 3, 4), np.uint8), like)
    assert read_volume(tmp_path / "m.nii.gz").unit == unit


@pytest.mark.parametrize("dtype", ["bool", "float16", "longdouble", "uint64", "int64", ">f4"])
def test_types_that_nifti_lacks_are_written_in_one_that_holds_them(tmp_path, dtype):
    write_volume(tmp_path / "a.nii.gz", np.ones((2, 3, 4), dtype))
    assert nibabel.load(tmp_path / "a.nii.gz").get_fdata().sum() == 24


@pytest.mark.parametrize("voxels", [np.zeros((1,) * 8), np.zeros((2, 3, 4), np.complex64)])
def test_what_nifti_cannot_hold_is_told(tmp_path, voxels):
    with pytest.raises(VolumeError, match=r"at most|Expected numbers"):
        write_volume(tmp_path / "a.nii", voxels)
    assert list(tmp_path.iterdir()) == []


AFFINES = hnp.arrays(float, (3, 4), elements=st.floats(-9, 9, width=32)).filter(
    lambda rows: (
        (norms := np.linalg.norm(rows[:, :3], axis=0)).min() > 1e-3 and abs(np.linalg.det(rows[:, :3] / norms)) > 0.05
    )
)


@given(
    voxels=hnp.arrays(
        st.sampled_from([np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64]),
        hnp.array_shapes(min_dims=2, max_dims=6, max_side=4),
        elements=st.integers(0, 200),
    ),
    rows=AFFINES,
    scale=st.sampled_from([1e-6, 1e-3, 1.0, 1e3]),
    unit=st.integers(0, 3),
    codes=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    big=st.booleans(),
    packed=st.booleans(),
    version=st.sampled_from([nibabel.Nifti1Image, nibabel.Nifti2Image]),
)
@settings(max_examples=60, deadline=None)
def test_any_file_comes_back_voxel_by_voxel(tmp_path_factory, voxels, rows, scale, unit, codes, big, packed, version):
    """What is brightest in the array is brightest in the file; the mask has its grid, by nibabel's word alone."""
    folder = tmp_path_factory.mktemp("round")
    affine = np.vstack([rows * scale, [0, 0, 0, 1]])
    header = version.header_class(endianness=">" if big else "<")
    image = version(voxels, None, header, dtype=voxels.dtype)
    image.header.set_sform(affine, codes[0])
    image.header.set_qform(affine, codes[1], strip_shears=True)
    image.header["xyzt_units"] = unit
    source = folder / ("a.nii.gz" if packed else "a.nii")
    nibabel.save(image, source)

    volume = read_volume(source)
    write_volume(folder / "b.nii.gz", np.asarray(volume.data), volume)

    first, second = nibabel.load(source), nibabel.load(folder / "b.nii.gz")
    np.testing.assert_array_equal(np.asarray(second.dataobj), np.asarray(first.dataobj))
    for field in ("pixdim", "qform_code", "sform_code", "quatern_b", "qoffset_x", "srow_x", "srow_y", "xyzt_units"):
        np.testing.assert_array_equal(second.header[field], first.header[field])


@given(
    labels=hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.uint32, np.uint64, np.int64, bool]),
        hnp.array_shapes(min_dims=2, max_dims=5, max_side=4),
        elements=st.integers(0, 1),
    ),
    rows=AFFINES,
    unit=st.sampled_from([None, "nm", "um", "mm", "m"]),
)
@settings(max_examples=40, deadline=None)
def test_any_layer_lies_in_the_file_where_it_lies_in_the_window(tmp_path_factory, labels, rows, unit):
    folder = tmp_path_factory.mktemp("layer")
    affine = np.vstack([rows, [0, 0, 0, 1]])
    like = Volume(labels, (1.0,) * labels.ndim, unit, affine=affine)
    write_mask(folder / "m.nii.gz", labels, like)
    image = nibabel.load(folder / "m.nii.gz")
    factor, name = {None: (1, "unknown"), "nm": (1e-3, "micron"), "um": (1, "micron")}.get(
        unit, (1, {"m": "meter"}.get(unit, unit))
    )
    assert image.header.get_xyzt_units()[0] == name
    stored = np.asarray(image.dataobj)
    np.testing.assert_array_equal(stored, labels.T.reshape(stored.shape))
    corner = [size - 1 for size in stored.shape[:3]]
    seen = (affine @ (*corner[::-1], 1))[:3] * factor
    np.testing.assert_allclose((image.affine @ (*corner, 1))[:3], seen[::-1] * (-1, -1, 1), rtol=1e-4, atol=1e-4)
