"""Baselines and predictors of other packages."""

from dataclasses import replace

import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.evaluation.predictors import BASELINES, PredictorChoice, find_factory, network_of
from napari_simpleclick.inference.predictor_settings import PredictorSettings
from napari_simpleclick.inference.recipe import CLOSE, PUBLISHED

IN_TORCH = PredictorSettings(engine="torch", precision="f32", device="cpu", flip=True, size=224)


def picture() -> tuple[np.ndarray, np.ndarray]:
    """A bright square on dark ground, and where it is."""
    target = np.zeros((120, 160), bool)
    target[30:80, 40:100] = True
    noise = np.random.default_rng(0).integers(0, 15, (120, 160, 3), dtype=np.uint8)
    return np.where(target[..., None], 180, 40).astype(np.uint8) + noise, target


@pytest.mark.parametrize("name", ["flood-fill", "random-walker"])
def test_baseline_finds_a_bright_square_with_one_click(name):
    image, target = picture()
    mask = PredictorChoice(factory=name).create().predict(image, [Click(55, 70)]).mask()
    assert np.count_nonzero(mask & target) / np.count_nonzero(mask | target) > 0.9


@pytest.mark.parametrize("name", BASELINES)
def test_negative_click_takes_away_and_alone_gives_nothing(name):
    image, _ = picture()
    predictor = find_factory(name)()
    assert not predictor.predict(image, [Click(5, 5, positive=False)]).mask().any()
    mask = predictor.predict(image, [Click(55, 70), Click(10, 10, positive=False)]).mask()
    assert mask[55, 70]
    assert not mask[10, 10]


def test_predictor_of_another_package_is_found_by_its_entry_point(tmp_path, monkeypatch):
    (tmp_path / "other_package.py").write_text(
        "from napari_simpleclick.evaluation.baselines import MaskPredictor, disks\n"
        "def create():\n    return MaskPredictor(disks)\n"
    )
    info = tmp_path / "other_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[napari_simpleclick.predictors]\nother-network = other_package:create\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_factory("other-network").__module__ == "other_package"
    with pytest.raises(ValueError, match=r"Choose one of: .*other-network"):
        find_factory("unknown")


def test_module_without_the_factory_is_named():
    with pytest.raises(ValueError, match=r"'json:create' cannot be loaded: module 'json' has no attribute 'create'"):
        find_factory("json:create")


@pytest.mark.parametrize(
    ("engine", "precision", "named"), [("torch", "f32", "torch float32 on cpu"), ("openvino", "f32", "OpenVINO f32")]
)
def test_engine_and_precision_are_named_in_the_report(engine, precision, named):
    if engine == "openvino":
        pytest.importorskip("openvino", reason="needs the extra openvino")
    choice = PredictorChoice(settings=PredictorSettings(engine=engine, precision=precision, device="cpu", size=224))
    provenance = choice.provenance()
    assert provenance["engine"] == named
    assert provenance["versions"].keys() >= {"torch", engine}
    assert choice.create().network is network_of(choice).network


def test_worker_that_would_compute_differently_refuses():
    choice = PredictorChoice(settings=IN_TORCH)
    assert choice.pinned().create().size == 224
    elsewhere = replace(choice, arithmetic="OpenVINO bf16")
    with pytest.raises(ValueError, match=r"must run on OpenVINO bf16 here .* got torch float32 on cpu"):
        elsewhere.create()


def test_regions_are_those_of_the_training_or_as_published():
    choice = PredictorChoice(settings=IN_TORCH)
    published = PredictorChoice(settings=replace(IN_TORCH, regions="published"))
    assert choice.create().recipe == CLOSE
    assert published.create().recipe == PUBLISHED
    assert [each.provenance()["regions"] for each in (choice, published)] == ["trained", "published"]
