"""Autosave: the work on an image is saved by itself, and offered again when the image is opened the next time."""

import warnings
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from napari_simpleclick.annotation.session_files.image_location import remember_place
from napari_simpleclick.annotation.session_files.recorder import SessionRecorder
from napari_simpleclick.annotation.session_files.recoverable import (
    RecoverableSession,
    next_path,
    recoverable_sessions,
    recovery_folder,
    session_to_offer,
)
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.data.fingerprint import earlier_fingerprints, fingerprint
from napari_simpleclick.files import make_private
from napari_simpleclick.plugin.display.canvas import Canvas
from napari_simpleclick.plugin.display.messages import what_is_back
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.jobs.worker import Runs
from napari_simpleclick.plugin.sessions.journal import Journal
from napari_simpleclick.plugin.sessions.restore import about, restore
from napari_simpleclick.plugin.tools.clicks import Clicks
from napari_simpleclick.plugin.workspace.channels import channels
from napari_simpleclick.plugin.workspace.image_file import image_file
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace

if TYPE_CHECKING:
    from napari.layers import Image


SAVE_EVERY_MS = 1000
"""What was done is saved so often; with the time of writing at most two seconds are lost when the computer stops."""

OFFERED = 5
"""Most files of earlier work that are listed."""


class Autosave:
    """Saves what a workspace holds, and brings it back.

    Parameters
    ----------
    workspace, jobs, canvas
        What is annotated, what takes time, and how it is shown.
    clicks
        Ask again what had no answer when the work was saved.
    run
        Runs jobs that write, so that they wait neither for the network nor the window for them.
    folder
        Where session files go; a folder of the user if None.
    """

    def __init__(
        self, workspace: Workspace, jobs: Jobs, canvas: Canvas, clicks: Clicks, run: Runs, folder: Path | None = None
    ) -> None:
        self.workspace, self.jobs, self.canvas, self.clicks = workspace, jobs, canvas, clicks
        self.run = run
        self.folder = folder or recovery_folder()
        self.journal: Journal | None = None
        self._image: Image | None = None
        self._hash = ""
        self._earlier: Path | None = None
        self.offers: list[RecoverableSession] = []
        """Earlier work on the present image, the latest first, until one is restored or all are dismissed."""
        self._left: WeakKeyDictionary[Image, Journal] = WeakKeyDictionary()
        self._saving = False
        self._told: int | str = ""

    def find(self) -> Path | None:
        """The file with earlier work on the present image, if there is any and nothing was done since."""
        workspace = self.workspace
        if workspace.image is not self._image:
            self._leave()
            self._begin(workspace.image)
        untouched = workspace.annotator is not None and not workspace.annotator.sessions
        return self._earlier if untouched else None

    def save(self) -> None:
        """Save what changed, unless a save is under way."""
        journal = self.present_journal()
        if journal is None or self._saving:
            return
        self._saving, noted = True, self.about()

        def finished(_changed: bool) -> None:
            self._saving, self._told = False, ""

        def broken(error: Exception) -> None:
            self._saving = False
            obstacle = getattr(error, "errno", None) or str(error)  # how much room there is changes all the time
            if obstacle != self._told:  # it is tried again every second, which nobody wants to be told
                self._told = obstacle
                self.workspace.failed.emit(
                    OSError(f"Your work is not saved by itself: {error} Save it elsewhere: Session > Save session.")
                )

        self.run(lambda: journal.save(noted), finished, broken)

    def save_now(self) -> None:
        """Save before everything ends.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        journal = self.present_journal()
        if journal is not None:
            journal.save(self.about())
            journal.close()

    def save_last(self) -> None:
        """Save where nobody could be asked any more."""
        try:
            self.save_now()
        except OSError as error:
            warnings.warn(f"The latest work was not saved: {error}", stacklevel=1)

    def restore(self) -> int:
        """Bring back the earlier work with its history; returns the number of objects.

        Raises
        ------
        SessionFileError
            If the file is damaged.
        """
        path = self.find()
        return 0 if path is None else self.open(path)

    def restore_soon(self) -> None:
        """Bring back the earlier work when it is read, beside the window's thread; clicks made in the meantime win."""
        path = self.find()
        if path is None:
            return

        def read(restored: RestoredSession) -> None:
            if self.find() != path or self.workspace.pending.asked:
                self.workspace.status.emit(
                    f"You clicked first: the earlier work stays in {path}. Open it as a session."
                )
                return
            try:
                count = self.open(path, restored)
            except (ValueError, OSError) as error:
                self.workspace.failed.emit(error)
            else:
                self.workspace.status.emit(f"{what_is_back(count)}.")

        self.jobs.submit(lambda: RestoredSession.read(path), read)

    def restore_file(self, path: Path) -> None:
        """Bring back the work of a file, whatever was done since: that stays in a file of its own."""

        def read(restored: RestoredSession) -> None:
            try:
                count = self.open(path, restored)
            except (ValueError, OSError) as error:
                self.workspace.failed.emit(error)
            else:
                self.workspace.status.emit(f"{what_is_back(count)}; what was here before is kept: Session > Open.")

        self.jobs.submit(lambda: RestoredSession.read(path), read)

    def dismiss(self) -> None:
        """Offer earlier work no more; its files stay."""
        self.offers = []
        self.workspace.changed.emit()

    def open(self, path: Path, restored: RestoredSession | None = None) -> int:
        """Go on with the work in a session file; what was done so far is let go, but stays in its own file.

        Parameters
        ----------
        path
            The file.
        restored
            What it holds, if that was read already.

        Raises
        ------
        SessionFileError
            If the file is damaged, or was made on an image of another shape.
        """
        restored = restored or RestoredSession.read(path)
        self.save_now()
        restore(self.workspace, self.canvas, self.clicks, restored, path)
        self.journal = self._earlier = None
        self.offers = []
        journal = self.present_journal()
        if journal is not None:
            journal.recorder.take_over(restored)
        return len({object_id for object_id, _ in restored.content.newest})

    def present_journal(self) -> Journal | None:
        """The journal of the present work; None without an image, and as long as its hash or the model is not known."""
        self.find()
        annotator = self.workspace.annotator
        if annotator is None or not self._hash:
            return None
        if self.journal is None and self._image is not None:
            self.journal = self._left.pop(self._image, None)
        if self.journal is None or self.journal.recorder.annotator is not annotator:
            self.journal = Journal(next_path(self.folder, self._hash), SessionRecorder(annotator))
            used = places_of(self._image, self._hash) if self._image is not None else {}
            self.run(partial(note_places, self.folder, used), lambda _nothing: None, self.workspace.failed.emit)
        return self.journal

    def about(self, file: Path | None = None) -> dict[str, Any]:
        """What a file notes beside the work: image, versions, settings, time; None is a file in our own folder."""
        return about(self.workspace, self._image, self._hash, file)

    def _leave(self) -> None:
        """Save what was done to the image before."""
        journal = self.journal
        if journal is not None:
            noted = self.about()
            if self._image is not None:
                self._left[self._image] = journal

            def end() -> None:
                try:
                    journal.save(noted)
                finally:
                    journal.close()

            def end_later() -> None:
                self.jobs.run(end, lambda _nothing: self._look_for_work(), self.workspace.failed.emit)

            def not_saved(error: Exception) -> None:
                self.workspace.failed.emit(error)
                end_later()

            # What was done is safe at once. Clicks that are still being answered are saved when they are, and only then
            # the file is let go: a save after that would take it again for ever.
            self.run(lambda: journal.save(noted), lambda _changed: end_later(), not_saved)

    def _begin(self, image: "Image | None") -> None:
        self._image, self._hash, self._earlier, self.journal, self.offers = image, "", None, None, []
        self._look_for_work()

    def _look_for_work(self) -> None:
        """Find earlier work on the present image, unless something was done on it; anew when another file is let go."""
        image = self._image
        if image is None or self.offers:
            return
        data = layer_data(image)

        def look() -> tuple[str, Path | None, list[RecoverableSession]]:
            name = fingerprint(data)
            hashes = [*earlier_fingerprints(data), name]
            offered = session_to_offer(self.folder, hashes)
            others = [
                each for each in recoverable_sessions(self.folder, hashes) if offered and each.path != offered.path
            ]
            offers = [offered, *(each for each in others if not each.in_use)] if offered else []
            return name, offered.path if offered else None, offers[:OFFERED]

        def found(result: tuple[str, Path | None, list[RecoverableSession]]) -> None:
            if image is self._image:
                self._hash, self._earlier, offers = result
                annotator = self.workspace.annotator
                self.offers = offers if annotator is None or not annotator.sessions else []
                self.workspace.changed.emit()

        self.run(look, found, self.workspace.failed.emit)


def places_of(image: "Image", image_hash: str) -> dict[str, str | None]:
    """The files of an image and of those that the network sees beside it, by hash."""
    beside = {each.hash: image_file(each.layer) for each in channels(image) if each.hash}
    return {**beside, image_hash: image_file(image)}


def note_places(folder: Path, used: Mapping[str, str | None]) -> None:
    """Note where images were used last, by hash."""
    if folder.is_dir():
        for image_hash, path in used.items():
            if path:
                make_private(folder)
                remember_place(folder, image_hash, path)


def when(path: Path) -> str:
    """When a file was written, for the user."""
    return datetime.fromtimestamp(path.stat().st_mtime).strftime("%d %b %H:%M")
