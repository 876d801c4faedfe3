"""Threshold of the present object's mask on the displayed slice: takes in more or less without another click."""

from napari_simpleclick.annotation.history import Change
from napari_simpleclick.annotation.thresholds import has_probabilities, set_threshold
from napari_simpleclick.inference.prediction import Prediction
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.workspace.workspace import Workspace


class Threshold:
    """Sets thresholds on the worker; of many that wait only the newest counts.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas) -> None:
        self.workspace, self.canvas = workspace, canvas
        self._asked = self._answered = 0

    @property
    def waiting(self) -> bool:
        """Whether a threshold that was set is not shown yet."""
        return self._asked != self._answered and self.canvas.busy > 0

    @property
    def value(self) -> float | None:
        """The threshold of the present mask, in (0, 1); None where it has no probabilities."""
        shown = self._prediction()
        return shown.threshold if shown is not None and has_probabilities(shown) else None

    def set(self, value: float) -> None:
        """Set the threshold, in (0, 1)."""
        annotator, object_id, plane = self.workspace.annotator, self.workspace.object_id, self.workspace.shown_plane
        if annotator is None or plane is None:
            return
        self._asked += 1
        number, key = self._asked, plane.key

        def job() -> list[Change]:
            try:
                return set_threshold(annotator, object_id, key, value) if number == self._asked else []
            finally:
                self._answered = number

        self.canvas.change(job)

    def _prediction(self) -> Prediction | None:
        annotator, plane = self.workspace.annotator, self.workspace.shown_plane
        return annotator.sessions.prediction(self.workspace.object_id, plane.key) if annotator and plane else None
