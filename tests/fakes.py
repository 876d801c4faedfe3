"""Stand-ins and short cuts that tests of several rooms share."""

from napari_simpleclick.plugin.jobs.worker import run_now
from napari_simpleclick.plugin.sessions.autosave import Recovery
from napari_simpleclick.plugin.sessions.session_files import SessionFiles


def recovery_of(controller, folder, run=run_now):
    """What saves the work of a controller by itself."""
    return Recovery(controller.workspace, controller.jobs, controller.canvas, controller.clicks, run, folder)


def session_files_of(controller, folder):
    """What saves and opens the work of a controller on demand."""
    return SessionFiles(controller.workspace, controller.jobs, controller.images, recovery_of(controller, folder))
