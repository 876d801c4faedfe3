"""Slice navigation: to the next slice, to a certain one, to one that is not reviewed."""

from napari_simpleclick.plugin.workspace.slices import slice_states
from napari_simpleclick.plugin.workspace.workspace import Workspace

IN_3D = "The whole volume is shown: switch to 2-D display (the cube button at the lower left) to go through its slices."


class SliceNavigation:
    """Moves napari's slider along the last axis that is not displayed.

    Parameters
    ----------
    workspace
        Has the viewer and the present object.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def step(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) slice."""
        dims = self.workspace.viewer.dims
        if dims.not_displayed:
            self.go_to(dims.current_step[dims.not_displayed[-1]] + step)
        else:
            self.workspace.status.emit(IN_3D if dims.ndisplay == 3 else "The image has no other slice.")

    def go_to(self, place: int) -> None:
        """Go to a slice, counted from 0."""
        dims = self.workspace.viewer.dims
        if dims.not_displayed:
            dims.set_current_step(dims.not_displayed[-1], place)

    def review(self, step: int = 1) -> None:
        """Go to the next (1) or previous (-1) slice to review: the least certain first, round the end."""
        states = slice_states(self.workspace)
        place = states.next_review(step)
        if place is None:
            self.workspace.status.emit(f"Object {self.workspace.object_id}: nothing to review.")
            return
        self.go_to(place)
        left = len(states.unreviewed)
        self.workspace.status.emit(f"{states.text(place)}. To review: {left}; Enter accepts this slice.")
