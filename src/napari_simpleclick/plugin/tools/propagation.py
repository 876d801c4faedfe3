"""From slice to slice: propagate an object until it ends, fill gaps between slices, accept what was found."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_simpleclick.annotation.annotator import Annotator, Change
from napari_simpleclick.annotation.history import find_masks
from napari_simpleclick.annotation.object_edits import accept
from napari_simpleclick.annotation.objects import LockedError, require_unlocked
from napari_simpleclick.data.plane import SliceView
from napari_simpleclick.inference.resample import Plane
from napari_simpleclick.inference.session import UNREVIEWED
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.tools.slice_gaps import fitted, gaps, interpolated
from napari_simpleclick.plugin.workspace.channels import pictures
from napari_simpleclick.plugin.workspace.slices import counted, planes_after, slice_axis, slice_states
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari_simpleclick.inference.propagation.intensity_likelihood import IntensityLikelihood


@dataclass(slots=True)
class Run:
    """Propagation in one direction.

    Parameters
    ----------
    object_id
        The object.
    step
        1 or -1.
    plane
        The slice where the object is known, nearest to the next one.
    targets
        The slices to come, nearest first.
    done
        Number of slices where it was found.
    looks
        Its grey values on the first slice, learnt when they are first needed.
    """

    object_id: int
    step: int
    plane: SliceView
    targets: list[SliceView]
    done: int = 0
    looks: "IntensityLikelihood | None" = None

    def advance(self) -> SliceView:
        """The object was found on the next slice, which is returned."""
        self.plane, self.done = self.targets.pop(0), self.done + 1
        return self.plane


class Propagation:
    """Carries the present object to other slices.

    Parameters
    ----------
    workspace, jobs, canvas
        What is annotated, what takes time, and how it is shown.
    """

    def __init__(self, workspace: Workspace, jobs: Jobs, canvas: Canvas) -> None:
        self.workspace, self.jobs, self.canvas = workspace, jobs, canvas
        self.running = False
        self._runs: list[Run] = []
        self._reports: list[str] = []

    @property
    def progress(self) -> tuple[int, int] | None:
        """Slices that were done, and how many there are at most, in the present direction; None while nothing runs."""
        if not self.running or not self._runs:
            return None
        run = self._runs[0]
        return run.done, run.done + len(run.targets)

    def cancel(self) -> None:
        """Stop after the slice that is being predicted."""
        self.running = False

    def propagate(self, *steps: int, count: int | None = None) -> None:
        """Find the object on other slices until it is lost or a reviewed slice comes.

        Parameters
        ----------
        steps
            1 for the slices after the displayed one, -1 for those before; one direction after the other.
        count
            Number of slices at most in each direction; to the end of the stack if None.
        """
        plane, workspace = self.shown_plane(), self.workspace
        if plane is None or self.running or workspace.annotator is None:
            return
        object_id = workspace.object_id
        try:
            require_unlocked(workspace.annotator.objects, object_id)
        except LockedError as error:
            workspace.failed.emit(error)
            return
        if workspace.annotator.sessions.mask((object_id, plane.key)) is None:
            workspace.status.emit("Click the object on this slice first, then propagate it.")
            return
        self.running, self._reports = True, []
        self._runs = [Run(object_id, step, plane, planes_after(plane, step, count)) for step in steps]
        self._go_on()

    def propagate_to(self, place: int) -> None:
        """Find the object on the slices from the displayed one to another, counted from 0 as the slider does."""
        plane = self.shown_plane()
        axis = slice_axis(plane) if plane else None
        if plane is None or axis is None:
            return
        distance = place - plane.point[axis]
        if distance:
            self.propagate(1 if distance > 0 else -1, count=abs(distance))
        else:
            self.workspace.status.emit(f"Slice {place} is the displayed one: choose another to propagate to.")

    def interpolate(self, *, fit: bool = False) -> None:
        """Fill the slices between those where the object was clicked, painted or accepted.

        Parameters
        ----------
        fit
            Let the network fit the interpolated shapes to the pictures, which takes as long as clicks.
        """
        shown, workspace = self.shown_plane(), self.workspace
        if shown is None or workspace.annotator is None or (fit and self.running):
            return
        annotator, object_id, picture = workspace.annotator, workspace.object_id, pictures(workspace.image)

        known = workspace.planes

        def fill() -> tuple[list[SliceView], list[Change]]:
            masks, planes = [], []
            for gap in gaps(annotator, object_id, shown, known):
                if fit and not self.running:
                    break
                image = picture(gap.plane)
                mask = fitted(annotator, gap, image) if fit else interpolated(annotator, gap)
                masks.append(((object_id, gap.plane.key), image, mask))
                planes.append(gap.plane)
            return planes, find_masks(annotator.draw(masks, "interpolated"))

        def done(result: tuple[list[SliceView], list[Change]]) -> None:
            planes, changes = result
            stopped, self.running = fit and not self.running, self.running and not fit
            if not planes and not stopped:
                workspace.status.emit("Outline the object on two slices with a gap between them first.")
                return
            workspace.planes.update({plane.key: plane for plane in planes})
            self.canvas.apply(changes)
            how = " and refined" if fit else ""
            end = "; stopped: cancelled" if stopped else ""
            workspace.status.emit(f"Object {object_id}: {counted(len(planes))} interpolated{how}{end}.")

        if fit:
            self.running = True
            workspace.status.emit(f"Object {object_id}: slices are being interpolated and refined … (Esc stops)")
        self.jobs.submit(fill, done, self.cancel if fit else None)

    def accept(self, *, everywhere: bool = False) -> None:
        """Mark the object as reviewed; propagation and interpolation leave it alone then.

        Parameters
        ----------
        everywhere
            On all slices rather than the displayed one.
        """
        plane, workspace = self.shown_plane(), self.workspace
        annotator, object_id = workspace.annotator, workspace.object_id
        if plane is None or annotator is None:
            return
        axis = slice_axis(plane)
        origins = annotator.sessions.origins(object_id)
        keys: list[Hashable] = [key for key, origin in origins.items() if origin in UNREVIEWED]
        keys = keys if everywhere else [key for key in keys if key == plane.key]
        if not keys:
            where = "anywhere" if everywhere else "on this slice"
            workspace.status.emit(f"Object {object_id}: nothing to accept {where}.")
            return

        def done(changes: list[Change]) -> None:
            self.canvas.apply(changes)
            states = slice_states(workspace)
            places = sorted(states.unreviewed, key=states.sureness)
            place = places[0] if places else None
            told = f"Object {object_id}: {counted(len(keys))} accepted"
            if place is None or axis is None:
                workspace.status.emit(f"{told}.")
                return
            workspace.viewer.dims.set_current_step(axis, place)
            workspace.status.emit(f"{told}. {states.text(place)}. To review: {len(states.unreviewed)}.")

        self.canvas.change(lambda: accept(annotator, object_id, keys), done, told=False)

    def shown_plane(self) -> SliceView | None:
        """The displayed plane; None, and a message, where there is no other slice."""
        workspace = self.workspace
        if not workspace.ready or workspace.annotator is None:
            return None
        plane = workspace.plane()
        if plane is not None and slice_axis(plane) is None:
            workspace.status.emit("The image has no other slice.")
            return None
        return plane

    # -- inside -----------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Find the object on the next slice of the present run."""
        run, workspace = self._runs[0], self.workspace
        annotator, image = workspace.annotator, workspace.image
        if annotator is None or image is None or not run.targets:
            self._end_run("" if planes_after(run.plane, run.step, 1) else " to the end of the stack")
            return
        target = run.targets[0]
        origin = annotator.sessions.origins(run.object_id).get(target.key)
        if origin is not None and origin not in UNREVIEWED:
            self._end_run(f"; the next one was {origin} already")
            return
        workspace.planes[target.key] = target
        picture = pictures(image)
        self.jobs.submit(lambda: self._find(annotator, run, picture), self._found, self.cancel)

    def _find(self, annotator: Annotator, run: Run, pictures: Callable[[SliceView], Plane]) -> tuple[str, list[Change]]:
        """On the worker: the reason to stop, or what changed on the next slice."""
        # Brings scipy, which the window opens without.
        from napari_simpleclick.inference.propagation.intensity_likelihood import learned_likelihood
        from napari_simpleclick.inference.propagation.next_slice import find_on_next_slice

        picture = pictures(run.targets[0])
        session = annotator.sessions[run.object_id, run.plane.key]
        source = session.newest
        if source is None:
            return "the object is gone from the slice before", []
        there = source.prediction.object_mask()
        if run.done == 0 and there is not None:
            run.looks = learned_likelihood(pictures(run.plane), there)  # with the contrast of now
        step = find_on_next_slice(annotator.predictor, source.prediction, session.image, picture, run.looks)
        if step.prediction is None or step.lost or not self.running:
            return step.lost or "", []
        place = run.object_id, run.targets[0].key
        found = [(place, picture, step.prediction)]
        return "", find_masks(
            annotator.draw(found, "propagated", source=source, confidence=step.confidence, anew=step.anew)
        )

    def _found(self, result: tuple[str, list[Change]]) -> None:
        """Back with the layers: show the slice and go on, or tell why not."""
        reason, changes = result
        run, workspace = self._runs[0], self.workspace
        if changes:
            run.advance()
            # The view stays: whoever clicks meanwhile means the slice that is seen. The strip shows what comes.
            self.canvas.apply(changes)
            of = run.done + len(run.targets)
            workspace.status.emit(f"Object {run.object_id}: {run.done} of {counted(of)} propagated … (Esc stops)")
        self.running = self.running and workspace.ready and workspace.object_id == run.object_id
        if reason or not self.running:
            self._end_run(f"; stopped: {reason or 'cancelled'}")
        else:
            self._go_on()

    def _end_run(self, how: str) -> None:
        """Go on in the other direction, or tell how everything ended."""
        run = self._runs.pop(0)
        self._reports.append(f"{counted(run.done)} propagated{how}")
        if self._runs and self.running:
            self._go_on()
            return
        self.running = False
        told = self._reports[0]
        if len(self._reports) == 2:
            told = f"after this slice {told}. Before it {self._reports[1]}"
        self.workspace.status.emit(f"Object {run.object_id}: {told}.")
