"""What the network sees as red, green and blue: the image, other images of its shape, or places on an axis."""

from contextlib import nullcontext

import numpy as np
import pytest
import tifffile
from napari.components import ViewerModel
from napari.layers import Image
from napari.layers._source import layer_source
from tests.fakes import session_files_of

from napari_simpleclick.annotation.session_files.format import SessionFileError
from napari_simpleclick.arrays import Box
from napari_simpleclick.cli.session_pictures import Pictures
from napari_simpleclick.data.channels import ChannelsImage
from napari_simpleclick.data.io import read_volume
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.workspace import channels
from napari_simpleclick.plugin.workspace.channels import THIS, Channel, choices, choose, pictures
from napari_simpleclick.plugin.workspace.planes import displayed_plane


class Watcher:
    """Answers with a square, and keeps the pictures that it is shown."""

    def __init__(self):
        self.facts = {"model": "watcher"}
        self.pictures = []

    def predict(self, image, clicks, previous=None, *, view=None):
        self.pictures.append(image)
        return Prediction.from_boxed((Box(5, 15, 5, 15), np.ones((10, 10), bool)), image.shape[:2])


@pytest.fixture
def viewer():
    viewer = ViewerModel()
    for name, value in (("t1", 10), ("t2", 90), ("flair", 200)):
        viewer.add_layer(Image(np.full((4, 20, 30), value, np.uint8), name=name, contrast_limits=(0, 255)))
    return viewer


@pytest.fixture
def controller(viewer):
    controller, network = Controller(viewer, run_now), Watcher()
    controller.predictors.load(lambda: network)
    controller.images.annotate(viewer.layers["flair"])
    return controller


def click(controller):
    controller.clicks.click_at((controller.workspace.viewer.dims.point[0], 8, 8), positive=True)
    return controller.workspace.annotator.predictor.pictures[-1]


def see(controller, *names):
    image = controller.workspace.image
    offered = choices(image, controller.workspace.viewer.layers)
    for place, name in enumerate(names):
        choose(image, place, offered[name])


def test_other_grey_images_of_the_shape_are_offered(viewer):
    viewer.add_layer(Image(np.zeros((4, 20, 31), np.uint8), name="wider"))
    viewer.add_layer(Image(np.zeros((4, 20, 30, 3), np.uint8), name="photo", rgb=True))
    image = viewer.layers["flair"]
    assert [name for name in choices(image, viewer.layers) if " " not in name] == ["t1", "t2"]
    assert list(choices(viewer.layers["photo"], viewer.layers)) == [THIS]


def test_network_sees_the_chosen_images_from_the_next_click_on(controller):
    before = np.asarray(click(controller))
    assert (before == 200).all()
    see(controller, "t1", THIS, "t2")
    assert np.asarray(click(controller)).reshape(-1, 3).tolist() == [[10, 200, 90]] * 600


def test_contrast_of_each_layer_counts(controller):
    see(controller, "t1", THIS, "t2")
    controller.workspace.viewer.layers["t2"].contrast_limits = (0, 90)
    assert np.asarray(click(controller))[0, 0].tolist() == [10, 200, 255]


def test_propagation_interpolation_and_strokes_follow(controller):
    see(controller, "t1", "t1", "t2")
    click(controller)
    controller.propagation.propagate(1, count=1)
    assert np.asarray(controller.workspace.annotator.predictor.pictures[-1])[0, 0].tolist() == [10, 10, 90]
    controller.workspace.labels.selected_label = 1
    controller.workspace.labels.paint((3, 8, 8), 1)
    (session,) = [each for (_, key), each in controller.workspace.annotator.sessions.items() if key[1] == 3]
    assert np.asarray(session.image)[0, 0].tolist() == [10, 10, 90]


def test_places_on_a_short_axis_are_channels():
    data = np.stack([np.full((5, 20, 20), value, np.uint8) for value in (1, 2, 3)])
    viewer = ViewerModel()
    image = viewer.add_layer(Image(data, name="cells", contrast_limits=(0, 255), axis_labels=("c", "z", "y", "x")))
    offered = choices(image, viewer.layers)
    assert [name for name in offered if name[0] == "c"] == ["c 0", "c 1", "c 2"]
    for place in range(3):
        choose(image, place, offered[f"c {2 - place}"])
    viewer.dims.set_current_step(0, 1)
    picture = pictures(image)(displayed_plane(image, viewer.dims))
    assert np.asarray(picture)[3, 4].tolist() == [3, 2, 1]


def test_equal_channels_are_read_once_and_pictures_are_compared_by_what_they_show(controller, monkeypatch):
    see(controller, "t1", "t1", "t2")
    plane = displayed_plane(controller.workspace.image, controller.workspace.viewer.dims)
    picture, same = pictures(controller.workspace.image)(plane), pictures(controller.workspace.image)(plane)
    assert picture == same
    assert hash(picture) == hash(same)
    assert picture != plane.image()
    reads = []
    original = type(plane).read
    monkeypatch.setattr(type(plane), "read", lambda self, *index: reads.append(1) or original(self, *index))
    assert picture[2:4, 2:4].shape == (2, 2, 3)
    assert len(reads) == 2


def test_all_three_from_the_image_itself_is_no_choice(controller):
    see(controller, "t1", THIS, THIS)
    see(controller, THIS, THIS, THIS)
    assert channels.noted(controller.workspace.image) == []
    assert not isinstance(click(controller), ChannelsImage)


def test_image_of_another_shape_is_refused_with_a_cure(controller):
    other = Image(np.zeros((2, 20, 30), np.uint8), name="short")
    with pytest.raises(ValueError, match=r"'short' has the shape \(2, 20, 30\), 'flair' \(4, 20, 30\).*Resample"):
        choose(controller.workspace.image, 0, Channel(other))
    assert channels.noted(controller.workspace.image) == []


@pytest.mark.parametrize(
    ("place", "refused"),
    [
        ({"scale": (3, 1, 1), "units": "mm"}, "voxels apart"),
        ({"scale": (1, 1, 1), "units": "mm", "translate": (0, 0.4, 0)}, ""),
        ({"scale": (1, 1, 1), "units": "mm", "translate": (0, 0.8, 0)}, "Affines"),
        ({"scale": (1, -1, 1), "units": "mm", "translate": (0, 19, 0)}, "voxels apart"),
        ({"scale": (1e-3, 1e-3, 1e-3), "units": "m"}, ""),
        ({}, ""),
    ],
)
def test_image_that_lies_elsewhere_is_refused_with_both_affines(place, refused):
    image = Image(np.zeros((4, 20, 30), np.uint8), name="flair", units="mm", translate=(0, 0, 1e-9))
    other = Image(np.zeros((4, 20, 30), np.uint8), name="t1", **place)
    with pytest.raises(ValueError, match=refused) if refused else nullcontext():
        choose(image, 0, Channel(other))
    assert (channels.noted(image) == []) == bool(refused)


def test_closed_image_is_replaced_and_named(controller):
    see(controller, "t1", THIS, "t2")
    controller.workspace.viewer.layers.remove("t1")
    assert channels.forget(controller.workspace.image, controller.workspace.viewer.layers) == ["t1"]
    assert np.asarray(click(controller))[0, 0].tolist() == [200, 200, 90]


def test_session_files_bring_the_channels_back(controller, viewer, tmp_path):
    see(controller, "t1", THIS, "t2")
    click(controller)
    files = session_files_of(controller, tmp_path / "recovery")
    files.save(tmp_path / "work.simpleclick.json")
    see(controller, THIS, THIS, THIS)
    files.open(tmp_path / "work.simpleclick.json")
    assert [origin["name"] for origin in channels.noted(controller.workspace.image)] == ["t1", "flair", "t2"]
    viewer.layers.remove("t2")
    told = []
    controller.workspace.status.connect(told.append)
    files.open(tmp_path / "work.simpleclick.json")
    assert any("The network saw t2 too, which is not open" in line for line in told)


def test_pictures_of_a_session_are_made_again_from_the_files(tmp_path):
    rng, viewer = np.random.default_rng(0), ViewerModel()
    for name in ("one", "two"):
        path = tmp_path / f"{name}.tif"
        tifffile.imwrite(path, rng.integers(0, 200, (4, 12, 14)).astype(np.uint8), photometric="minisblack")
        with layer_source(path=str(path)):
            viewer.add_layer(Image(tifffile.imread(path), name=name))
    image = viewer.layers["one"]
    offered = choices(image, viewer.layers)
    choose(image, 1, offered["two"])
    plane = displayed_plane(image, viewer.dims)
    picture = pictures(image)(plane)
    volume = read_volume(tmp_path / "one.tif")
    assert np.array_equal(Pictures(volume, tmp_path / "session.json")(plane.key, picture.settings), picture)
    (tmp_path / "two.tif").unlink()
    with pytest.raises(SessionFileError, match="'two' as one of its channels; its file"):
        Pictures(volume, tmp_path / "session.json")(plane.key, picture.settings)
    tifffile.imwrite(tmp_path / "two.tif", np.ones((4, 12, 14), np.uint8), photometric="minisblack")
    with pytest.raises(SessionFileError, match="is not the image 'two'"):
        Pictures(volume, tmp_path / "session.json")(plane.key, picture.settings)


def test_menus_of_the_window_choose_channels(make_napari_viewer, qtbot):
    viewer = make_napari_viewer()
    viewer.add_image(np.full((4, 64, 64), 200, np.uint8), name="flair", contrast_limits=(0, 255))
    _, widget = viewer.window.add_plugin_dock_widget("napari-simpleclick", "SimpleClick")
    viewer.add_image(np.full((4, 64, 64), 10, np.uint8), name="t1", contrast_limits=(0, 255), visible=False)
    menu = widget.channels
    qtbot.waitUntil(lambda: "t1" in menu.offered, timeout=20_000)
    widget.sections["Image and contrast"].expand(animate=False)
    assert not menu.isVisibleTo(widget)
    widget.setup.channels_button.click()
    assert menu.isVisibleTo(widget)
    first = menu.menus[0]
    first.setCurrentText("t1")
    first.textActivated.emit("t1")
    qtbot.waitUntil(lambda: channels.noted(widget.controller.workspace.image) != [], timeout=20_000)
    picture = pictures(widget.controller.workspace.image)(
        displayed_plane(widget.controller.workspace.image, viewer.dims)
    )
    assert np.asarray(picture)[0, 0].tolist() == [10, 200, 200]
    viewer.layers.remove("t1")
    qtbot.waitUntil(
        lambda: channels.channels(widget.controller.workspace.image)[0].layer.name == "flair", timeout=20_000
    )
