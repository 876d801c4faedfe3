"""Slider of the slices: the one that is displayed, to the next, to a certain one, to one that nobody has looked at."""

from typing import TYPE_CHECKING

from napari_simpleclick.plugin.workspace.planes import PlaneError, displayed_plane
from napari_simpleclick.plugin.workspace.slices import slice_states

if TYPE_CHECKING:
    from napari_simpleclick.data.volume import SliceView
    from napari_simpleclick.plugin.controller import Controller


class SliceSlider:
    """Moves napari's slider along the first axis that is not displayed.

    Parameters
    ----------
    controller
        Has the viewer and the present object, and tells the user.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller

    def plane(self) -> "SliceView | None":
        """The plane of the image that is displayed; None, and a message, where none is."""
        controller = self.controller
        if controller.image is None:
            return None
        try:
            return displayed_plane(controller.image, controller.viewer.dims)
        except PlaneError as error:
            controller.failed.emit(error)
            return None

    def step(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) slice."""
        dims = self.controller.viewer.dims
        if dims.not_displayed:
            self.go_to(dims.current_step[dims.not_displayed[-1]] + step)
        else:
            self.controller.status.emit("The image has no other slice.")

    def go_to(self, place: int) -> None:
        """Go to a slice, counted from 0."""
        dims = self.controller.viewer.dims
        if dims.not_displayed:
            dims.set_current_step(dims.not_displayed[-1], place)

    def review(self, step: int = 1) -> None:
        """Go to the next (1) or previous (-1) slice of the present object that nobody has looked at; round the end."""
        states = slice_states(self.controller)
        place = states.next_unreviewed(step)
        if place is None:
            self.controller.status.emit(f"Object {self.controller.object_id}: nothing to review.")
            return
        self.go_to(place)
        left = len(states.unreviewed)
        self.controller.status.emit(f"{states.text(place)}. To review: {left}; Enter accepts this slice.")
