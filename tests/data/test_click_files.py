"""Clicks in files: their forms, their coordinates, and mistakes in them."""

import json

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.click_files import ClickFileError, PlacedClick, read_clicks, write_clicks
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.data.volume import Volume

STACK = Volume(np.zeros((9, 20, 30), np.uint8), (40.0, 4.0, 4.0), "nm", name="stack")


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_json_states_object_position_sign_and_plane(tmp_path):
    rows = [{"object": 3, "at": [4, 5, 6], "positive": False, "axes": [0, 2]}, {"at": [1, 2, 3]}]
    first, second = read_clicks(written(tmp_path, "a.json", json.dumps({"clicks": rows})))
    assert first == PlacedClick(3, (4, 5, 6), False, (0, 2))
    assert second == PlacedClick(1, (1, 2, 3))
    plane, click = first.on(STACK)
    assert (plane.key, click) == (((0, 2), None, 5, None), Click(4, 6, False))


def test_table_comes_back_as_it_was_written(tmp_path):
    clicks = [PlacedClick(2, (4, 5, 6), False, (1, 2), 1700000000.25), PlacedClick(1, (0, 19, 29))]
    write_clicks(tmp_path / "a.csv", clicks)
    assert read_clicks(tmp_path / "a.csv") == clicks


def test_points_that_napari_saved_are_clicks_on_one_object(tmp_path):
    path = written(tmp_path, "points.csv", "index,axis-0,axis-1,axis-2\n0.0,4.0,5.0,6.0\n1.0,4.0,9.0,6.0\n")
    assert read_clicks(path) == [PlacedClick(1, (4, 5, 6)), PlacedClick(1, (4, 9, 6))]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "", "clicks are read from .json or .csv"),
        ("a.json", "{", "holds no clicks"),
        ("a.json", '{"points": []}', '"clicks"'),
        ("a.json", "[]", "holds no click"),
        ("a.json", '[{"at": [1, 2, 3]}, {"object": 1}]', "click 2: 'at'"),
        ("a.json", '[{"object": 0, "at": [1, 2, 3]}]', "click 1: the object has the number 0"),
        ("a.json", '[{"at": [1, NaN, 3]}]', "the position is"),
        ("a.json", '[{"at": [1, 2, 3], "positive": "maybe"}]', "positive is 'maybe'"),
        ("a.csv", "x,y\n1,2\n", "expected columns axis-0"),
        ("a.csv", "axis-0,axis-1\n1,\n", "axis 1 of the position is empty"),
    ],
)
def test_mistake_is_named_with_what_was_expected(tmp_path, name, text, expected):
    with pytest.raises(ClickFileError, match=expected):
        read_clicks(written(tmp_path, name, text))


@pytest.mark.parametrize("at", [(9, 0, 0), (0, -1, 0), (0, 0), (0, 0, 30)])
def test_click_outside_is_named_with_the_shape(at):
    with pytest.raises(ClickFileError, match=r"outside stack of shape \[9, 20, 30\]"):
        PlacedClick(1, at).on(STACK)


@pytest.mark.parametrize("axes", [(1, 1), (1, 3), (-1, 2)])
def test_plane_needs_two_axes(axes):
    with pytest.raises(ClickFileError, match="two different axes"):
        PlacedClick(1, (1, 1, 1), axes=axes).on(STACK)


def test_plane_along_an_axis_of_one_entry_is_refused_with_a_cure():
    with pytest.raises(
        ClickFileError, match=r"got \[0, 2\], which is \[-1, 1\] without the 1 axes.*Click on a plane that"
    ):
        PlacedClick(1, (0, 1, 1, 1), axes=(0, 2)).on(STACK)


def test_world_position_of_a_stack_is_in_its_unit():
    plane, click = PlacedClick(1, (80.0, 8.1, 4.0)).on(STACK, "world")
    assert (plane.point[0], click) == (2, Click(2, 1))


@st.composite
def nifti_files(draw):
    """Shapes of two to four axes, axes in any order and direction, oblique, qform and sform that differ."""
    shape = tuple(draw(st.lists(st.integers(1, 6), min_size=2, max_size=4)))
    order = draw(st.permutations(range(3)))
    flips = draw(st.tuples(*[st.sampled_from((1, -1))] * 3))
    spacing = draw(st.tuples(*[st.floats(0.25, 17)] * 3))
    angles = draw(st.tuples(*[st.floats(-0.7, 0.7)] * 3))
    affine = np.eye(4)
    affine[:3, :3] = (
        nibabel.eulerangles.euler2mat(*angles) @ np.eye(3)[list(order)] @ np.diag(np.multiply(flips, spacing))
    )
    affine[:3, 3] = draw(st.tuples(*[st.floats(-200, 200)] * 3))
    voxel = tuple(draw(st.integers(0, size - 1)) for size in shape)
    codes = draw(st.sampled_from([(1, 1), (0, 2), (1, 0), (2, 4)]))
    return shape, affine, voxel, codes


@settings(max_examples=150, deadline=None)
@given(nifti_files(), st.integers(0, 2**32 - 1))
def test_voxel_and_world_position_of_nibabel_are_the_pixel_that_is_shown(tmp_path_factory, drawn, seed):
    shape, affine, voxel, (qform_code, sform_code) = drawn
    values = np.random.default_rng(seed).permutation(np.prod(shape)).reshape(shape).astype(np.int16)
    image = nibabel.Nifti1Image(values, affine)
    image.set_qform(affine, qform_code)
    image.set_sform(affine, sform_code)
    path = tmp_path_factory.mktemp("nifti") / "a.nii"
    nibabel.save(image, path)
    volume, stored = read_volume(path), nibabel.load(path)
    place = (*voxel, 0)[:3]
    world = (*nibabel.affines.apply_affine(stored.affine, place), *voxel[3:])
    for at, coordinates in ((voxel, "voxel"), (world, "world")):
        plane, click = PlacedClick(1, at).on(volume, coordinates)
        index = tuple(int(v) for v in plane.to_volume(click.row, click.col))
        assert volume.data[index] == values[voxel]


TABLE = [
    ("plain", "axis-0,axis-1\n48,40\n"),
    ("any order of columns", "object,axis-1,axis-0\n,40,48\n"),
    ("blank rows of spreadsheets", "axis-0,axis-1\n\n48,40\n,\n"),
    ("carriage returns", "axis-0,axis-1\r\n48,40\r\n"),
    ("semicolons", "index;axis-0;axis-1\n0;48;40\n"),
    ("decimal commas", "axis-0;axis-1\n48,0;40,0\n"),
    ("tabs", "axis-0\taxis-1\n48\t40\n"),
    ("first line of Excel", "sep=;\naxis-0;axis-1\n48;40\n"),
    ("capitals and spaces", " Axis-0 , AXIS-1\n 48 , 40\n"),
    ("a column that is no axis", "axis-z,axis-0,axis-1\n7,48,40\n"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [text for _, text in TABLE], ids=[name for name, _ in TABLE])
def test_tables_of_spreadsheets_are_read(tmp_path, text, encoding):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    (click,) = read_clicks(tmp_path / "a.csv")
    assert (click.at, click.object_id, click.positive) == ((48, 40), 1, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_of_any_editor_is_read(tmp_path, encoding):
    (tmp_path / "a.json").write_bytes('{"clicks": [{"at": [48, 40]}]}'.encode(encoding))
    assert read_clicks(tmp_path / "a.json")[0].at == (48, 40)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "index,axis-0,axis-1\n0,48,40\n1,48\n", r"click 2: axis 1 of the position is empty"),
        ("a.csv", "axis-0,axis-1\n48,x\n", "click 1: could not convert"),
        ("a.csv", "axis-0,axis-1,object\n4,5,0\n", "click 1: the object has the number 0"),
        ("a.csv", "axis-0,axis-1,object\n4,5,1.5\n", "click 1: the object has the number 1.5"),
        ("a.csv", "axis-0,axis-1,axes\n4,5,1 2 3\n", "click 1: the plane has the axes"),
        ("a.csv", "", "expected columns axis-0"),
        ("a.json", '[{"at": [4, 5], "object": 1e400}]', "click 1: cannot convert float infinity"),
        (
            "a.json",
            '[{"at": [4, 5], "object": 18446744073709551616}]',
            "has the number 184467440737095",
        ),
        ("a.json", '[{"at": [4, 5], "object": true}]', "click 1: "),
        ("a.json", '[{"at": "45"}]', "click 1: the position is"),
        ("a.json", '[{"at": [4, NaN]}]', "click 1: the position is"),
        ("a.json", '[{"at": [1' + "0" * 400 + ", 5]}]", "click 1: int too large"),
        ("a.json", '[{"at": [4, 5], "axes": "12"}]', "click 1: the plane has the axes"),
        ("a.json", "[" * 200000, "holds no clicks"),
        ("a.json", "\udcff", "holds no clicks"),
    ],
)
def test_clicks_that_cannot_be_used_are_told_with_their_number(tmp_path, name, text, message):
    (tmp_path / name).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ClickFileError, match=message) as caught:
        read_clicks(tmp_path / name)
    assert name in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_ids_of_em_segments_are_kept(tmp_path):
    (tmp_path / "a.json").write_text('[{"at": [4, 5], "object": 9007199254740993}]')
    assert read_clicks(tmp_path / "a.json")[0].object_id == 9007199254740993


def test_click_with_a_place_on_an_axis_of_one_time_is_a_click_on_the_volume():
    volume = Volume(np.zeros((4, 5, 6)), (1.0,) * 3)
    plane, click = PlacedClick(1, (0, 2, 3, 4), axes=(2, 3)).on(volume)
    assert (plane.point, plane.axes, click.row, click.col) == ((2, 0, 0), (1, 2), 3, 4)
