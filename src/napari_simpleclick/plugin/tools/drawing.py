"""Drawing: a drag with the tool for boxes, lassos or scribbles becomes a prompt for the object."""

from typing import Any

import numpy as np

from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.workspace.settings import Tool
from napari_simpleclick.plugin.workspace.workspace import Workspace
from napari_simpleclick.prompts import FEWEST_POINTS, Kind, Prompt, box, lasso, scribble


class Drawing:
    """Makes prompts of lines.

    Parameters
    ----------
    workspace, canvas
        What is annotated, and how it is shown.
    clicks
        Get the prompts.
    """

    def __init__(self, workspace: Workspace, canvas: Canvas, clicks: Clicks) -> None:
        self.workspace, self.canvas, self.clicks = workspace, canvas, clicks

    def choose(self, tool: Tool) -> None:
        """Draw with this tool from now on; click again if it was chosen already."""
        workspace = self.workspace
        workspace.change_settings(tool="click" if tool == workspace.settings.tool else tool)
        workspace.viewer.cursor.style = "standard" if workspace.settings.tool == "click" else "cross"
        workspace.say_next()
        workspace.changed.emit()

    def put_down(self) -> None:
        """Click again, if a tool was chosen."""
        if self.workspace.settings.tool != "click":
            self.choose("click")

    def begin(self, plane: SliceView | None, *, positive: bool) -> "Stroke | None":
        """A line on a plane; None if there is nothing to draw, or to draw on."""
        tool = self.workspace.settings.tool
        return None if tool == "click" or plane is None else Stroke(self, plane, tool, positive=positive)


class Stroke:
    """A line while it is drawn; the picture does not move meanwhile.

    Parameters
    ----------
    drawing
        The tool.
    plane
        Where it is drawn.
    kind
        What is drawn: by the button that removes always a scribble, since a thing is seldom surrounded to leave it out.
    positive
        Whether the object is there.
    """

    def __init__(self, drawing: Drawing, plane: SliceView, kind: Kind, *, positive: bool) -> None:
        self.drawing, self.plane, self.positive = drawing, plane, positive
        self.kind: Kind = kind if positive else "scribble"
        self.points: list[tuple[float, float]] = []
        viewer = drawing.workspace.viewer
        self._camera: Any = getattr(viewer, "scene", viewer).camera
        self._pans = self._camera.mouse_pan
        self._camera.mouse_pan = False

    def add(self, world: tuple[float, ...]) -> None:
        """Draw on to a position in world coordinates of the viewer."""
        image = self.drawing.workspace.image
        if image is None:
            return
        place = self.plane.to_plane(image.world_to_data(world)[-image.ndim :])
        row, col = np.clip(place, 0, np.array(self.plane.shape) - 1)
        if (float(row), float(col)) not in self.points[-1:]:
            self.points.append((float(row), float(col)))
        drawn = self.prompt()
        self.drawing.canvas.show_drawing((self.plane, drawn) if drawn else None)

    def end(self, *, made: bool) -> None:
        """The button was released; the line becomes a prompt if it was `made`, and otherwise goes away."""
        self._camera.mouse_pan = self._pans
        drawing, drawn = self.drawing, self.prompt()
        drawing.canvas.show_drawing(None)
        if made and drawn:
            drawing.clicks.ask(drawing.workspace.object_id, self.plane, drawn)
        elif made:
            drawing.workspace.status.emit(f"That was too small for a {self.kind}: draw it larger, or click.")

    def prompt(self) -> Prompt | None:
        """What was drawn so far; None as long as it is nothing."""
        points = self.points
        if self.kind == "box" and len(points) > 1:
            far = np.abs(np.subtract(points[0], points[-1])).min() >= 1
            return box(points[0], points[-1], positive=self.positive) if far else None
        if len(points) < FEWEST_POINTS[self.kind]:
            return None
        draw = lasso if self.kind == "lasso" else scribble
        return draw(points, positive=self.positive)
