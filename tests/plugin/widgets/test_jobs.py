"""Whole jobs with mouse and keys in a real window: those of `scripts/make_job_films.py`, with fewer objects."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "make_job_films.py"

pytestmark = pytest.mark.filterwarnings("ignore:Private attribute access")  # the canvas, to press the mouse on it


@pytest.fixture
def films(monkeypatch, make_napari_viewer_proxy, qtbot):
    """The script, whose windows are closed with the test."""
    spec = importlib.util.spec_from_file_location("make_job_films", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "new_viewer", lambda: make_napari_viewer_proxy(show=True))
    return module


@pytest.mark.parametrize(
    ("job", "objects", "most_clicks", "least"),
    [
        ("mitochondria", 2, 20, 0.75),
        ("lesions", 4, 18, 0.6),
        ("nuclei", 3, 6, 0.9),
    ],
)
def test_a_job_is_done_from_opening_to_the_saved_file(films, tmp_path, job, objects, most_clicks, least):
    work = films.QUICK[job](tmp_path)
    assert (work.objects, len(work.iou)) == (objects, objects)
    assert objects <= work.clicks <= most_clicks
    assert sum(work.iou) / objects >= least
