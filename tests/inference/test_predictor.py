"""The predictor: whole pipeline against a plain one, features kept between clicks, bad input."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from napari_simpleclick.arrays import Box
from napari_simpleclick.clicks import Click
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.inference.engines.device import choose_device
from napari_simpleclick.inference.network_input import guidance_maps, read_crop
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.inference.recipe import PUBLISHED
from napari_simpleclick.inference.request import Request
from napari_simpleclick.inference.resample import pixels_now
from napari_simpleclick.model.simpleclick import SimpleClick, SimpleClickConfig

SMALL = SimpleClickConfig(
    patch_size=16, dim=32, depth=4, heads=2, pyramid_channels=(8, 8, 16, 16), head_channels=8, image_size=224
)


@pytest.fixture
def model():
    torch.manual_seed(1)
    return SimpleClick(SMALL).eval()


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (260, 340, 3), np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (37, 450), (1000, 1300), (4000, 300)])
def test_crop_equals_torchs_resize_whatever_its_size(shape):
    picture = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    whole = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    expected = F.interpolate(whole, size=(224, 224), mode="bilinear", align_corners=True)[0]
    crop = read_crop(picture, Box(0, shape[0], 0, shape[1]), 224)
    np.testing.assert_allclose(crop, expected.numpy(), atol=2e-4)


def test_mirrored_picture_and_click_give_the_mirrored_map_with_flip(model, image):
    predictor = Predictor(model, flip=True, size=224)
    straight = predictor.predict(image, [Click(100, 60)])
    mirrored = predictor.predict(np.ascontiguousarray(image[:, ::-1]), [Click(100, 340 - 1 - 60)])
    # Disks of clicks are drawn around positions in the crop, so a mirrored click may fall half a pixel off.
    assert np.abs(straight.network_map - mirrored.network_map[:, ::-1]).mean() < 0.01


def test_flip_averages_logits(model, image):
    predictor = Predictor(model, flip=True, size=224)
    crop = read_crop(image, Box(0, 260, 0, 340), 224)
    guidance = guidance_maps([Click(100, 60)], None, Box(0, 260, 0, 340), predictor.size)
    with torch.inference_mode():
        pairs = (torch.from_numpy(np.stack([maps, maps[..., ::-1]])) for maps in (crop, guidance))
        both = model(*pairs)[:, 0]
    expected = torch.sigmoid((both[0] + both[1].flip(-1)) / 2).numpy()
    np.testing.assert_allclose(predictor.predict(image, [Click(100, 60)]).network_map, expected, atol=1e-6)


@pytest.mark.parametrize("flip", [False, True])
def test_what_was_asked_before_leaves_no_trace_in_an_answer(model, image, flip):
    used, other = Predictor(model, flip=flip, size=224), image[::-1, ::-1].copy()
    clicks = [Click(100, 60), Click(20, 30, positive=False), Click(250, 330)]
    before = used.predict_together([Request(image, clicks, None), Request(other, clicks[1:], None)])
    used.predict(image, clicks, before[0])
    answer = used.predict(other, clicks[:1])
    expected = Predictor(model, flip=flip, size=224).predict(other, clicks[:1])
    np.testing.assert_array_equal(answer.network_map, expected.network_map)
    with pytest.raises(ValueError, match="outside"):
        used.predict(other, [Click(900, 0)])
    np.testing.assert_array_equal(used.predict(other, clicks[:1]).network_map, expected.network_map)


def test_image_is_encoded_once_per_region(model, image, monkeypatch):
    predictor = Predictor(model, size=224)
    calls = []
    encode = model.encode
    monkeypatch.setattr(model, "encode", lambda crop: calls.append(1) or encode(crop))
    first = predictor.predict(image, [Click(100, 60)])
    again = predictor.predict(image, [Click(100, 60)])
    assert len(calls) == 1
    np.testing.assert_array_equal(first.network_map, again.network_map)
    predictor.predict(image.copy(), [Click(100, 60)])
    assert len(calls) == 1, "equal pixels are the same picture"
    predictor.predict(255 - image, [Click(100, 60)])
    assert len(calls) == 2


def test_first_click_in_a_prepared_region_encodes_nothing(model, image, monkeypatch):
    predictor = Predictor(model, size=224)
    calls = []
    encode = model.encode
    monkeypatch.setattr(model, "encode", lambda crop: calls.append(1) or encode(crop))
    view = Box(50, 200, 20, 220)
    expected = predictor.predict(image, [Click(100, 60)], view=view)
    other = predictor.predict(image, [Click(250, 330)])
    predictor.prepare(image, view=view)
    assert len(calls) == 3
    np.testing.assert_array_equal(predictor.predict(image, [Click(250, 330)]).network_map, other.network_map)
    answer = predictor.predict(image, [Click(100, 60)], view=view)
    assert len(calls) == 3, "neither the region in use nor the prepared one is encoded again"
    np.testing.assert_array_equal(answer.network_map, expected.network_map)
    image[:] = 0
    predictor.prepare(image, view=view)
    black = predictor.predict(image, [Click(100, 60)], view=view)
    assert np.abs(black.network_map - expected.network_map).max() > 0


def test_picture_that_is_equal_is_taken_for_the_prepared_one(model, image, monkeypatch):
    predictor = Predictor(model, size=224)
    plane = SliceView(image[None, ..., 0], (0, 0, 0), (1, 2))
    predictor.prepare(plane.image())
    monkeypatch.setattr(model, "encode", None)
    assert predictor.predict(plane.image(), [Click(100, 60)]).roi == Box(0, 260, 0, 340)


def test_same_clicks_give_the_same_prediction_whatever_came_between(model, image):
    predictor = Predictor(model, size=224)
    clicks = [Click(100, 60), Click(30, 300, positive=False)]
    first = predictor.predict(image, clicks[:1])
    second = predictor.predict(image, clicks, first)
    predictor.predict(image[:100], [Click(3, 3)])
    np.testing.assert_array_equal(predictor.predict(image, clicks, first).network_map, second.network_map)


def test_first_click_looks_at_the_view_if_it_is_inside(model, image):
    predictor = Predictor(model, size=224)
    view = Box(50, 200, 20, 220)
    assert predictor.predict(image, [Click(100, 60)], view=view).roi == view
    assert predictor.predict(image, [Click(10, 60)], view=view).roi == Box(0, 260, 0, 340)


@pytest.mark.parametrize(
    ("picture", "clicks", "message"),
    [
        (np.zeros((20, 30), np.uint8), [Click(1, 1)], r"Expected a picture \(height, width, 3\) uint8, got \(20, 30\)"),
        (np.zeros((20, 30, 3), np.float32), [Click(1, 1)], "uint8, got .* float32"),
        (np.zeros((20, 30, 3), np.uint8), [], "at least one click"),
        (np.zeros((20, 30, 3), np.uint8), [Click(20, 1)], "outside the plane of 20 x 30 pixels"),
        (np.zeros((20, 30, 3), np.uint8), [Click(float("nan"), 1)], "outside the plane"),
    ],
)
def test_bad_input_is_refused_with_what_was_expected(model, picture, clicks, message):
    with pytest.raises(ValueError, match=message):
        Predictor(model, size=224).predict(picture, clicks)


def test_one_pixel_plane_can_be_clicked(model):
    prediction = Predictor(model, size=224).predict(np.zeros((1, 1, 3), np.uint8), [Click(0, 0)])
    assert prediction.probability.shape == (1, 1)


def test_missing_gpu_is_told_with_what_there_is():
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ValueError, match=r"no cuda device; it has: .*cpu. Choose one of these"):
        choose_device("cuda")
    with pytest.raises(ValueError, match=r"no tpu device; it has: .*cpu. Choose one of these, or 'auto'"):
        choose_device("tpu")


@pytest.mark.parametrize("side", [300, 1200])
def test_grey_picture_whose_channels_share_memory_is_read_like_any_other(side):
    grey = np.random.default_rng(0).integers(0, 256, (side, side, 1), np.uint8)
    shared, copied = np.broadcast_to(grey, (side, side, 3)), np.repeat(grey, 3, axis=-1)
    crops = [read_crop(picture, Box(3, side, 0, side - 5), 224) for picture in (shared, copied)]
    np.testing.assert_array_equal(crops[0], crops[1])


@pytest.mark.parametrize(
    "shown", [np.asarray, lambda pixels: SliceView(pixels[None], (0, 0, 0), (1, 2), rgb=True).image()]
)
@pytest.mark.parametrize("recipe", [None, PUBLISHED])
def test_array_with_new_pixels_is_a_new_picture(model, image, shown, recipe):
    predictor = Predictor(model, size=224, recipe=recipe)
    first = predictor.predict(shown(image), [Click(100, 60)])
    predictor.prepare(shown(image))
    image[:] = image[::-1, ::-1].copy()
    again = predictor.predict(shown(image), [Click(100, 60)])
    expected = Predictor(model, size=224, recipe=recipe).predict(image.copy(), [Click(100, 60)])
    np.testing.assert_array_equal(again.network_map, expected.network_map)
    assert not np.array_equal(again.network_map, first.network_map)


class Elsewhere:
    """Pixels that are read when somebody asks, such as those of dask or zarr; what is there may change."""

    def __init__(self, pixels):
        self.pixels, self.shape, self.dtype, self.ndim = pixels, pixels.shape, pixels.dtype, pixels.ndim

    def __getitem__(self, index):
        return self.pixels[index].copy()


def test_new_pixels_of_what_is_read_from_elsewhere_are_a_new_picture(model, image):
    predictor, data = Predictor(model, size=224), Elsewhere(image[None])
    plane = SliceView(data, (0, 0, 0), (1, 2), rgb=True)
    first = predictor.predict(plane.image((0, 255)), [Click(100, 60)])
    image[:] = image[::-1, ::-1].copy()
    again = predictor.predict(plane.image((0, 255)), [Click(100, 60)])
    expected = Predictor(model, size=224).predict(image.copy(), [Click(100, 60)])
    np.testing.assert_array_equal(again.network_map, expected.network_map)
    assert not np.array_equal(again.network_map, first.network_map)


def test_one_changed_pixel_of_what_is_read_from_elsewhere_is_noticed_anywhere_in_a_region():
    pixels = np.zeros((1, 2000, 900), np.uint8)
    picture = SliceView(Elsewhere(pixels), (0, 0, 0), (1, 2)).image((0, 255))
    small, large = Box(100, 548, 200, 648), Box(0, 2000, 0, 900)
    before, of_all = pixels_now(picture, small, 224), pixels_now(picture, large, 224)
    pixels[0, 547, 647] = 1
    assert pixels_now(picture, small, 224) != before
    pixels[:] = 2
    assert pixels_now(picture, large, 224) != of_all
    assert len(of_all) <= 3 * 900  # the rest may take seconds


@pytest.mark.parametrize("side", [300, 2000])
def test_one_changed_pixel_that_the_network_reads_is_noticed(side):
    picture = np.zeros((side, side, 3), np.uint8)
    box = Box(0, side, 0, side)
    before = pixels_now(picture, box, 224)
    assert pixels_now(picture.copy(), box, 224) == before
    picture[-1, -1, 1] = 1
    assert pixels_now(picture, box, 224) != before


def test_a_draft_answers_as_the_same_network_that_looks_at_less(model, image):
    full = Predictor(model, size=448)
    clicks = [Click(100, 60)]
    draft = full.draft()
    expected = Predictor(model, size=224).predict(image, clicks)
    np.testing.assert_array_equal(draft.predict(image, clicks).network_map, expected.network_map)
    assert draft.network is full.network
    assert draft.facts["size"] == 224
    assert Predictor(model, size=448, flip=True).draft() is None
    full.network.coarse = False
    assert full.draft() is None
