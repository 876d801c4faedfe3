"""Controller: the parts of the plugin that need no window, put together."""

from typing import TYPE_CHECKING

from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.painter import Later
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.jobs.predictor_loading import PredictorLoading
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.tools.drawing import Drawing
from napari_simpleclick.plugin.tools.image_changes import ImageChanges
from napari_simpleclick.plugin.tools.image_choice import ImageChoice
from napari_simpleclick.plugin.tools.layer_edits import LayerEdits
from napari_simpleclick.plugin.tools.mouse import ClickListener
from napari_simpleclick.plugin.tools.objects import Objects
from napari_simpleclick.plugin.tools.propagation import Propagation
from napari_simpleclick.plugin.tools.slice_navigation import SliceNavigation
from napari_simpleclick.plugin.tools.threshold import Threshold
from napari_simpleclick.plugin.tools.tool_status import ToolStatus
from napari_simpleclick.plugin.tools.undo import Undo
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.components import ViewerModel


class Controller:
    """Makes workspace, jobs, canvas and tools, and connects them; no part knows it.

    Jobs run in order on `run`, and answers come back in the thread of the layers, so no click is lost and none
    overtakes another.

    Parameters
    ----------
    viewer
        napari's viewer, or a `ViewerModel` without a window.
    run
        Runs jobs; see `InferenceThread`.
    later
        Puts painting off that would hold up the window; see `Painter`.
    """

    def __init__(self, viewer: "ViewerModel", run: Runs, later: Later | None = None) -> None:
        self.workspace = workspace = Workspace(viewer)
        self.jobs = jobs = Jobs(run, workspace)
        self.canvas = canvas = Canvas(workspace, jobs, later)
        self.predictors = PredictorLoading(workspace, jobs)
        self.images = ImageChoice(workspace, canvas)
        self.image_changes = ImageChanges(workspace, canvas)
        self.clicks = Clicks(workspace, canvas)
        self.undo = Undo(workspace, canvas)
        self.objects = Objects(workspace, canvas)
        self.slices = SliceNavigation(workspace)
        self.propagation = Propagation(workspace, jobs, canvas)
        self.threshold = Threshold(workspace, canvas)
        self.edits = LayerEdits(workspace, jobs, canvas, self.clicks)
        self.tool_status = ToolStatus(workspace, canvas)
        self.drawing = Drawing(workspace, canvas, self.clicks)
        self.mouse = ClickListener(workspace, self.clicks, self.drawing, self.objects.next_object)
        jobs.changed.connect(workspace.changed.emit)
        canvas.labels_added.connect(self.edits.watch_labels)
        canvas.points_added.connect(self.edits.watch_points)
        workspace.image_changed.connect(self.edits.stop)
        workspace.predictor_loaded.connect(self._take_early)

    def shut_down(self) -> None:
        """Tell nobody anything any more: the widget is gone, layers and masks stay."""
        self.edits.stop()
        self.image_changes.stop()
        self.canvas.painter.finish()
        self.canvas.stop()
        self.images.leave()
        self.jobs.stop()
        self.workspace.close()

    def _take_early(self, first: bool) -> None:
        """Take up, in this order, what waited for a predictor: kept work, strokes, clicks."""
        if first:
            self.images.come_back()
        self.edits.take_early_strokes()
        self.workspace.say_next()
        self.clicks.ask_early()
