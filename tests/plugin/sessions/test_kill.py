"""The process of a window is killed in the middle of work: what was done up to two seconds before is there again."""

import os
import subprocess
import sys
from pathlib import Path
from time import time

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from tests.fakes import Bright, autosave_of, needs_screen

from napari_simpleclick.annotation.session_files.format import read_session
from napari_simpleclick.data.samples import sample_volume
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.jobs.worker import run_now

pytestmark = needs_screen

LOST_AT_MOST = 2.0


def killed_after(seconds, folder):
    """Time of the kill, and time and number of every click that was answered before it."""
    script = Path(__file__).parent / "working_window.py"
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    answers = []
    with (
        open(folder / "errors", "w") as errors,
        subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=errors, env=environment) as window,
    ):
        for line in window.stdout:
            when, count = line.split()
            answers.append((float(when), int(count)))
            if answers[-1][0] - answers[0][0] > seconds:
                break
        killed = time()
        window.kill()
    assert answers, (folder / "errors").read_text()
    return killed, answers


@pytest.mark.parametrize("seconds", [3.1, 4.7])
def test_at_most_two_seconds_are_lost_when_the_process_is_killed(tmp_path, seconds, record_property):
    killed, answers = killed_after(seconds, tmp_path)
    (path,) = tmp_path.glob("napari-simpleclick/recovery/*.simpleclick.json")
    content = read_session(path)
    clicks = [record for record in content.steps.values() if "click" in record]
    newest = max(record["time"] for record in clicks)
    record_property("seconds_since_the_newest_kept_click", round(killed - newest, 2))
    assert len(clicks) >= max(count for when, count in answers if when < killed - LOST_AT_MOST)

    controller = Controller(ViewerModel(), run_now)
    image = controller.workspace.viewer.add_layer(Image(sample_volume("em-like")[0].data))
    controller.predictors.load(Bright)
    controller.images.annotate(image)
    autosave = autosave_of(controller, path.parent)
    assert autosave.find() == path
    assert autosave.restore() > 0
    # Clicks that were not answered yet are answered now.
    brought_back = sum(found.clicks for found in controller.workspace.annotator.summaries())
    assert len(clicks) <= brought_back <= len(clicks) + len(content.about["unanswered"])
    assert np.count_nonzero(controller.workspace.labels.data) > 100
    while controller.workspace.annotator.can_undo:
        controller.workspace.annotator.undo()
    assert not controller.workspace.annotator.sessions.clicks(1)
