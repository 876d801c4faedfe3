"""Clicks of the user: each is asked on the worker, those made before the model is there when it is, none is lost."""

from typing import TYPE_CHECKING

from napari_simpleclick.clicks import Click
from napari_simpleclick.data.volume import SliceView
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.planes import field_of_view

if TYPE_CHECKING:
    from napari_simpleclick.annotation.history import Change
    from napari_simpleclick.plugin.controller import Controller

AskedClick = tuple[int, SliceView, Click]
"""A click on an object and a plane that waits for its answer."""


class AskedClicks:
    """Asks an annotator what the user clicked, and knows what was not answered yet.

    Parameters
    ----------
    controller
        Owns image and annotator, and shows the answers.
    """

    def __init__(self, controller: "Controller") -> None:
        self.controller = controller
        self.forget()

    def forget(self) -> None:
        """Begin with another image."""
        self.objects: set[int] = set()
        self.waiting: list[AskedClick] = []
        self._early: list[AskedClick] = []

    def ask(self, object_id: int, plane: SliceView, click: Click) -> None:
        """Click an object on a plane; before the model is there, as soon as it is."""
        controller, image = self.controller, self.controller.image
        if image is None:
            return
        self.objects.add(object_id)
        asked, annotator = (object_id, plane, click), controller.annotator
        if annotator is None:
            self._early.append(asked)
            controller.status.emit("The model is still loading: your click is answered as soon as it is there.")
            return
        picture, view = pictures(image), field_of_view(image, plane) if controller.look_at_view else None
        controller.planes[plane.key] = plane
        self.waiting.append(asked)

        def answer() -> "list[Change]":
            return annotator.click(object_id, plane.key, picture(plane), click, view=view)

        def ended() -> None:
            if asked in self.waiting:
                self.waiting.remove(asked)

        def answered(changes: "list[Change]") -> None:
            ended()
            controller.apply(changes)

        controller.change(answer, answered, ended)

    def go_on(self, objects: set[int], waiting: list[AskedClick]) -> None:
        """Go on with an image where these objects were clicked, and these clicks had no answer."""
        self.objects |= objects
        self.waiting = [asked for asked in waiting if not self._is_made(asked)]

    def ask_again(self) -> None:
        """Ask with the early clicks, and before them, what nobody answers any more."""
        self.waiting, self._early = [], [*self.waiting, *self._early]

    def ask_early(self) -> None:
        """Ask what was clicked before the model was there."""
        early, self._early = self._early, []
        for asked in early:
            self.ask(*asked)

    def unanswered(self) -> list[AskedClick]:
        """Clicks on the present image that no mask shows yet, oldest first."""
        return [asked for asked in (*self.waiting, *self._early) if not self._is_made(asked)]

    def _is_made(self, asked: AskedClick) -> bool:
        object_id, plane, click = asked
        annotator = self.controller.annotator
        session = annotator.sessions.get((object_id, plane.key)) if annotator else None
        return session is not None and click in session.clicks
