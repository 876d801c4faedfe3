"""Session files on demand: save the work under a name, go on with it later, take its clicks elsewhere."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_simpleclick.annotation.session_files.format import ENDING, SessionContent, SessionFileError, click_of
from napari_simpleclick.annotation.session_files.image_location import locate, read_places
from napari_simpleclick.annotation.session_files.recoverable import KEPT_FILES, old_sessions
from napari_simpleclick.annotation.session_files.restore import RestoredSession
from napari_simpleclick.annotation.session_files.single_axes import surplus_axes
from napari_simpleclick.data.fingerprint import is_of
from napari_simpleclick.data.plane import plane_at
from napari_simpleclick.files import lock_of
from napari_simpleclick.plugin.display.messages import what_is_back
from napari_simpleclick.plugin.jobs.jobs import Jobs
from napari_simpleclick.plugin.sessions.autosave import Autosave
from napari_simpleclick.plugin.sessions.journal import Journal
from napari_simpleclick.plugin.tools.image_choice import ImageChoice
from napari_simpleclick.plugin.workspace.planes import layer_data
from napari_simpleclick.plugin.workspace.workspace import Workspace
from napari_simpleclick.prompts import marked_pixels

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Layer

    from napari_simpleclick.data.click_files import PlacedClick

NOTHING = "There is no work yet: click an object first."


class SessionFiles:
    """Saves and opens what a workspace holds.

    Parameters
    ----------
    workspace, jobs
        What is annotated, and what takes time.
    images
        Go to the image of a session.
    autosave
        Saves the work by itself.
    ask
        Asks the user a question that can be answered with yes or no; nobody says yes where there is no window.
    """

    def __init__(
        self,
        workspace: Workspace,
        jobs: Jobs,
        images: ImageChoice,
        autosave: Autosave,
        ask: Callable[[str], bool] = lambda _question: False,
    ) -> None:
        self.workspace, self.jobs, self.images = workspace, jobs, images
        self.ask = ask
        self.autosave = autosave

    def save(self, path: Path) -> None:
        """Save the whole work, with its history, as a file of its own.

        Raises
        ------
        SessionFileError
            If there is nothing to save.
        OSError
            If the file cannot be written.
        """
        named = session_path(path)
        self._journal().save_copy(named, self.autosave.about(named))
        self.workspace.status.emit(f"Saved: {named.name}. Drop the file on napari to go on.")

    def remove_old(self) -> None:
        """Remove what was saved by itself long ago, after a question that says how much it is.

        Raises
        ------
        OSError
            If some files cannot be removed; the others are gone.
        """
        old = old_sessions(self.autosave.folder)
        megabytes = sum(path.stat().st_size for path in old) / 1e6
        if not old:
            self.workspace.status.emit("There are no old recovery files.")
        elif self.ask(
            f"Remove {len(old)} recovery files ({megabytes:.1f} MB)? All are older than a month; for every image the "
            f"{KEPT_FILES} newest and the {KEPT_FILES} largest stay. This cannot be undone."
        ):
            # Another window may have begun to write one in the meantime.
            still_old = set(old).intersection(old_sessions(self.autosave.folder))
            kept = [path for path in sorted(still_old) if not removed(path)]
            self.workspace.status.emit(f"{len(still_old) - len(kept)} old recovery files were removed.")
            if kept:
                raise OSError(
                    f"{len(kept)} old recovery files cannot be removed, such as {kept[0]}. Close programs that have "
                    "them open, or get the right to write into their folder, and try again."
                )

    def export_clicks(self, path: Path) -> None:
        """Write all clicks with their times as a table.

        Raises
        ------
        SessionFileError
            If there are no clicks.
        OSError
            If the file cannot be written.
        """
        from napari_simpleclick.data.click_files import write_clicks  # brings nibabel, which the window opens without

        content = SessionContent()
        content.add(json.loads(self._journal().whole(self.autosave.about())))
        clicks = list(clicks_of(content))
        named = table_path(path)
        write_clicks(named, clicks)
        self.workspace.status.emit(f"{len(clicks)} clicks written: {named.name}.")

    def open(self, path: Path) -> None:
        """Go on with the work in a file, on its image, which is opened if it is not; waits for the model."""
        workspace, images = self.workspace, self._images()

        def look() -> tuple[RestoredSession, Any]:
            restored = RestoredSession.read(path)
            noted = restored.content.about.get("image", {})
            return restored, next((image for image in images if fits(image, noted)), None)

        def found(result: tuple[RestoredSession, Any]) -> None:
            restored, image = result
            try:
                self._go_on(path, restored, image)
            except (ValueError, OSError) as error:
                workspace.failed.emit(error)

        self.jobs.submit(look, found, whatever_work=True)

    def _go_on(self, path: Path, restored: RestoredSession, image: "Image | None") -> None:
        workspace, noted = self.workspace, restored.content.about.get("image", {})
        image = image or self._open_image(path, noted)
        chosen = image or workspace.image
        if chosen is not None and chosen != workspace.image:
            self.images.annotate(chosen)
        count = self.autosave.open(path, restored)
        other = (
            "" if image else f" Its image was another one ({noted.get('name')}, hash {noted.get('hash')}): check it."
        )
        workspace.status.emit(f"{what_is_back(count)} from {path.name}.{other}")

    def _open_image(self, session: Path, noted: dict[str, Any]) -> "Image | None":
        """Open the image that a session names; None where it is not, or not any more, or nobody agrees.

        Of a stack of files napari tells the first one only: it is tried with those that follow it in its folder.
        """
        viewer, location = self.workspace.viewer, locate(noted, session, read_places(self.autosave.folder))
        if location is None or not (location.known or self.ask(question(session, location.path))):
            return None
        path = location.path
        if not path.exists():
            return None
        files = following(path, noted["shape"][0])
        for paths in ([path], files) if len(files) > 1 else ([path],):
            for read in readers_of(path):
                opened = read(viewer, paths)
                image = next((layer for layer in opened if fits(layer, noted)), None)
                if image is not None:
                    return image
                for layer in opened:
                    viewer.layers.remove(layer)
        return None

    def _images(self) -> "list[Image]":
        from napari.layers import Image

        present = self.workspace.image
        images = [layer for layer in self.workspace.viewer.layers if isinstance(layer, Image)]
        return sorted(images, key=lambda layer: layer != present)

    def _journal(self) -> Journal:
        journal = self.autosave.present_journal()
        if journal is None or not journal.recorder.annotator.sessions:
            raise SessionFileError(NOTHING)
        return journal


def removed(path: Path) -> bool:
    """Remove a session file and its lock; whether that could be done."""
    try:
        path.unlink(missing_ok=True)
        lock_of(path).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def question(session: Path, image: Path) -> str:
    """What to ask before an image is opened from where a session file says."""
    return (
        f"{session.name} was made on the image\n{image}\nwhich is not in the folder of the session, nor was it used "
        "here before. Open it from there? Only do so if you trust whoever gave you the session."
    )


def reader_of(path: Path) -> str:
    """The reader for an image: one of ours, or napari's own for pictures and folders of them, whatever a file says."""
    from napari_simpleclick.data.pictures import is_picture

    if path.is_dir() and not path.name.lower().endswith(".zarr"):
        return "napari" if any(map(is_picture, path.iterdir())) else "napari-simpleclick"
    return "napari" if is_picture(path) else "napari-simpleclick"


def readers_of(path: Path) -> "list[Callable[[ViewerModel, list[Path]], list[Layer]]]":
    """Ways to open an image, tried until it is the session's: napari may order the axes of a TIFF otherwise."""
    from napari_simpleclick.data.file_names import TIFF  # late, as all that reads files

    def by_reader(viewer: "ViewerModel", paths: list[Path]) -> "list[Layer]":
        opened: list[Layer] = viewer.open(paths, stack=len(paths) > 1, plugin=reader_of(path))
        return opened

    def as_tiff(viewer: "ViewerModel", paths: list[Path]) -> "list[Layer]":
        from napari_simpleclick.plugin.io.tiff_reader import open_tiff

        return open_tiff(viewer, [str(each) for each in paths])

    return [as_tiff, by_reader] if path.name.lower().endswith(TIFF) else [by_reader]


def following(path: Path, count: int) -> list[Path]:
    """A file and those of its kind that follow it in its folder, `count` in all; empty if there are fewer."""
    files = sorted(each for each in path.parent.glob(f"*{path.suffix}") if each.name >= path.name)
    return files[:count] if path.is_file() and len(files) >= count else []


def fits(image: "Image", noted: dict[str, Any]) -> bool:
    """Whether a layer shows the image of a session."""
    data = layer_data(image)
    same_shape = surplus_axes(noted.get("shape", ()), data.shape) is not None
    return same_shape and is_of(noted.get("hash"), data)


def clicks_of(content: SessionContent) -> "Iterator[PlacedClick]":
    """The clicks of a session, object by object and plane by plane."""
    from napari_simpleclick.data.click_files import PlacedClick

    for (object_id, key), number in content.newest.items():
        plane = plane_at(key, None)
        for each in content.follows(number):
            record = content.steps[each]
            click = click_of(record["click"]) if "click" in record else None
            if click is not None and marked_pixels(click):  # a corner of a box says nothing of its pixel
                at = plane.to_volume(click.row, click.col)
                yield PlacedClick(object_id, at, click.positive, plane.axes, record.get("time", 0.0))


def session_path(path: Path) -> Path:
    """The file of a session: a name without the ending of sessions gets it.

    Examples
    --------
    >>> session_path(Path("a.json")).name, session_path(Path("a.simpleclick.json")).name
    ('a.simpleclick.json', 'a.simpleclick.json')
    """
    return path if path.name.endswith(ENDING) else path.with_name(path.name.removesuffix(".json") + ENDING)


def table_path(path: Path) -> Path:
    """The file of a table: a name without the ending of tables gets it."""
    return path if path.suffix.lower() == ".csv" else path.with_name(f"{path.name}.csv")
