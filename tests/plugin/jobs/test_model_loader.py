"""Models are loaded in two steps; the faster form never delays a click and never comes in place of another model."""

import numpy as np
import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.evaluation.metrics import iou
from napari_simpleclick.inference.engines import graph_cache
from napari_simpleclick.inference.predictor_settings import DRAFT_SIZE, PredictorSettings
from napari_simpleclick.inference.session import ClickSession
from napari_simpleclick.plugin.jobs import model_loader as models
from napari_simpleclick.plugin.jobs.model_loader import ModelLoader
from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel


class Window:
    """Stands for the controller: loads at once, and keeps what it is given."""

    def __init__(self):
        self.given = []

    @property
    def present(self):
        return self.given[-1] if self.given else None

    def load(self, create, ended):
        try:
            self.given.append(create())
        except OSError:
            ended(False)
        else:
            ended(self.given[-1] is not None)

    def exchange(self, predictor):
        self.given.append(predictor)


class Later:
    """Runs jobs when it is told to."""

    def __init__(self):
        self.jobs = []

    def __call__(self, *job):
        self.jobs.append(job)

    def run(self):
        for job in self.jobs:
            run_now(*job)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(graph_cache, "user_cache_path", lambda *_names, **_settings: tmp_path)


@pytest.fixture
def named_predictors(monkeypatch):
    monkeypatch.setattr(PredictorSettings, "create_cached", lambda _: None)
    monkeypatch.setattr(PredictorSettings, "create_in_torch", lambda each, _step: f"torch {each.model} {each.size}")
    monkeypatch.setattr(models, "compiled_form", lambda each: (f"compiled {each.model} {each.size}", ""))


@pytest.mark.usefixtures("named_predictors")
def test_compiled_form_follows_without_anyone_waiting_for_it():
    window, background = Window(), Later()
    ModelLoader(window, background).load(PredictorSettings(model="first"))
    assert window.given == ["torch first 448"]
    background.run()
    assert window.given == ["torch first 448", "compiled first 448"]


@pytest.mark.usefixtures("named_predictors")
def test_compiled_form_of_a_model_that_is_no_longer_wanted_is_dropped():
    window, background = Window(), Later()
    loader = ModelLoader(window, background)
    loader.load(PredictorSettings(model="first"))
    loader.load(PredictorSettings(model="first", size=DRAFT_SIZE))
    background.run()
    assert window.given == ["torch first 448", "torch first 224", "compiled first 224"]


@pytest.mark.usefixtures("named_predictors")
def test_what_an_earlier_start_compiled_is_taken_at_once(monkeypatch):
    monkeypatch.setattr(PredictorSettings, "create_cached", lambda each: f"cached {each.model}")
    window, background = Window(), Later()
    loader = ModelLoader(window, background)
    loader.load(PredictorSettings(model="first"))
    assert window.given == ["cached first"]
    assert background.jobs == []
    assert not loader.loading


@pytest.mark.usefixtures("named_predictors")
def test_torch_goes_on_when_compiling_fails(monkeypatch):
    def broken(*_names, **_settings):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(models, "compiled_form", broken)
    window, reasons = Window(), []
    ModelLoader(window, run_now, notify=reasons.append).load(PredictorSettings(model="first"))
    assert window.given == ["torch first 448"]
    assert reasons == ["The faster engine failed, torch goes on: no compiler"]


@pytest.mark.usefixtures("named_predictors")
def test_why_it_is_not_faster_is_said_once(monkeypatch):
    monkeypatch.setattr(models, "compiled_form", lambda _: (None, "OpenVINO is missing"))
    reasons = []
    loader = ModelLoader(Window(), run_now, notify=reasons.append)
    for name in ("first", "second"):
        loader.load(PredictorSettings(model=name))
    assert reasons == ["OpenVINO is missing"]


@pytest.mark.usefixtures("named_predictors")
def test_a_draft_for_previews_is_made_beside_the_worker_and_leaves_the_model(monkeypatch):
    monkeypatch.setattr(PredictorSettings, "create_cached", lambda each: f"cached {each.model} {each.size} {each.flip}")
    window, background, drafts = Window(), Later(), []
    loader = ModelLoader(window, background)
    loader.load_draft(drafts.append)
    assert drafts == [None], "no model yet"
    loader.load(PredictorSettings(model="first", flip=True))
    loader.load_draft(drafts.append)
    assert drafts == [None]
    background.run()
    assert drafts == [None, "cached first 224 False"]
    loader.load(PredictorSettings(model="first", size=DRAFT_SIZE))
    loader.load_draft(drafts.append)
    assert drafts[2:] == [None], "it is a draft already"
    assert window.given == ["cached first 448 True", "cached first 224 False"]


@pytest.mark.usefixtures("named_predictors")
def test_a_model_that_takes_coarse_looks_is_its_own_draft(monkeypatch):
    class Able:
        def draft(self):
            return "at once"

    monkeypatch.setattr(PredictorSettings, "create_cached", lambda _each: Able())
    background, drafts = Later(), []
    loader = ModelLoader(Window(), background)
    loader.load(PredictorSettings(model="first"))
    loader.load_draft(drafts.append)
    assert drafts == ["at once"]
    assert background.jobs == []


@pytest.mark.usefixtures("named_predictors")
def test_there_is_no_draft_where_it_cannot_be_made(monkeypatch):
    def broken(_settings):
        raise OSError("no weights")

    loader, drafts = ModelLoader(Window(), run_now), []
    loader.load(PredictorSettings(model="first"))
    monkeypatch.setattr(PredictorSettings, "create", broken)
    loader.load_draft(drafts.append)
    assert drafts == [None]


def test_draft_finds_the_object_at_a_quarter_of_the_pixels():
    volume, labels = sample_volume("em-like")
    image, target = volume.plane(5).image(), labels[5] == labels[5][97, 136]
    predictor = PredictorSettings(device="cpu", size=DRAFT_SIZE).create_in_torch()
    session = ClickSession(predictor, image)
    for click in (Click(97, 136), Click(80, 130)):
        prediction = session.click(click)
    assert prediction.network_map.shape == (224, 224)
    assert iou(prediction.mask(), target) > 0.6
    assert np.count_nonzero(target) > 100


def test_loading_tells_its_steps_and_is_stopped_between_them(monkeypatch):
    told, window, background = [], Window(), Later()

    def tell(line):
        told.append(line)
        if "2 of 3" in line:
            loader.cancel()

    loader = ModelLoader(window, background, tell)
    loader.load(PredictorSettings(device="cpu", size=DRAFT_SIZE))
    steps = [line.split(": ")[1].removesuffix(" … (Esc stops)") for line in told]
    assert steps == ["its compiled form", "torch, 1 of 3", "weights, 2 of 3"]
    assert window.given == [None]
    assert background.jobs == []
    assert not loader.loading


@pytest.mark.usefixtures("named_predictors")
def test_choice_that_cannot_be_loaded_gives_way_to_the_one_that_stays(monkeypatch):
    window, background, shown = Window(), Later(), []
    loader = ModelLoader(window, background, show=shown.append)
    first = PredictorSettings(model="first")
    loader.load(first)

    def missing(settings, _step):
        raise OSError(f"{settings.model} is not on this machine")

    monkeypatch.setattr(PredictorSettings, "create_in_torch", missing)
    loader.load(PredictorSettings(model="second"))
    assert shown == [first]
    background.run()
    assert window.given == ["torch first 448", "compiled first 448"]


def test_menus_go_back_to_the_choice_that_stays_without_asking_for_it_again(qtbot):
    panel, asked = SetupPanel(), []
    for form in (panel.image_menu, panel.contrast_form, panel.model_form, panel.advanced_form):
        qtbot.addWidget(form)
    before = panel.model
    panel.flip_box.toggled.connect(asked.append)
    panel.draft_box.toggled.connect(asked.append)
    panel.show_model(PredictorSettings(model="vit_huge_448.sbd", device="cuda", flip=True, size=DRAFT_SIZE))
    assert panel.model == PredictorSettings(model="vit_huge_448.sbd", device="cuda", flip=True, size=DRAFT_SIZE)
    panel.show_model(before)
    assert panel.model == before
    assert asked == []


def test_another_choice_stops_the_one_that_is_being_loaded():
    window, background = Window(), Later()
    first, second = PredictorSettings(device="cpu", size=DRAFT_SIZE), PredictorSettings(device="cpu", flip=True)

    def tell(_line):
        if loader.wanted is first:
            loader.load(second)

    loader = ModelLoader(window, background, tell)
    loader.load(first)
    predictor, dropped = window.given
    assert dropped is None
    assert (predictor.flip, predictor.size) == (True, 448)
    assert not loader.loading
