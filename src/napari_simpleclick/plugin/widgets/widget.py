"""The widget in napari's dock: choose image and model, click, go on to the next slice and object."""

import atexit
from functools import partial
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from qtpy.QtCore import QEvent, QTimer
from qtpy.QtGui import QKeySequence, QShortcut
from qtpy.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from napari_simpleclick.plugin.actions import actions_of
from napari_simpleclick.plugin.controller import Controller
from napari_simpleclick.plugin.io.saving import Saving
from napari_simpleclick.plugin.jobs.model_loader import ModelLoader
from napari_simpleclick.plugin.jobs.worker import InferenceThread
from napari_simpleclick.plugin.keys import KEYS, bind_keys, cheat_sheet, taken_keys, unbind_keys
from napari_simpleclick.plugin.sessions.autosave import SAVE_EVERY_MS, Autosave
from napari_simpleclick.plugin.sessions.session_files import SessionFiles
from napari_simpleclick.plugin.tools.ground_truth import GroundTruth
from napari_simpleclick.plugin.tools.hover import HoverPreview
from napari_simpleclick.plugin.tools.look_ahead import LookAhead
from napari_simpleclick.plugin.tools.top_layer import TopLayer
from napari_simpleclick.plugin.tools.upright import Upright
from napari_simpleclick.plugin.widgets.blocks import in_a_row, named, section
from napari_simpleclick.plugin.widgets.canvas_focus import DockKeys, focus_canvas
from napari_simpleclick.plugin.widgets.dialogs.questions import ask
from napari_simpleclick.plugin.widgets.ending import at_the_end
from napari_simpleclick.plugin.widgets.folded import Folded
from napari_simpleclick.plugin.widgets.main_thread import MainThread
from napari_simpleclick.plugin.widgets.menus.channels_menu import ChannelsMenu
from napari_simpleclick.plugin.widgets.menus.image_menu import ImageMenu
from napari_simpleclick.plugin.widgets.menus.intensity_menu import IntensityMenu
from napari_simpleclick.plugin.widgets.menus.session_menu import SessionMenu
from napari_simpleclick.plugin.widgets.panels.clicks_panel import ClicksPanel
from napari_simpleclick.plugin.widgets.panels.earlier_work import EarlierWork
from napari_simpleclick.plugin.widgets.panels.ground_truth import GroundTruthPanel
from napari_simpleclick.plugin.widgets.panels.network_view_panel import NetworkView
from napari_simpleclick.plugin.widgets.panels.objects_panel import ObjectsPanel
from napari_simpleclick.plugin.widgets.panels.overlap_form import OverlapForm
from napari_simpleclick.plugin.widgets.panels.save_button import SaveButton
from napari_simpleclick.plugin.widgets.panels.setup_panel import SetupPanel
from napari_simpleclick.plugin.widgets.panels.slices_panel import SlicesPanel
from napari_simpleclick.plugin.widgets.panels.status_line import StatusLine
from napari_simpleclick.plugin.widgets.panels.taken_row import TakenRow
from napari_simpleclick.plugin.widgets.rest_timer import rest_timer
from napari_simpleclick.plugin.widgets.scroll_column import ScrollColumn
from napari_simpleclick.plugin.workspace.slices import slice_axis

if TYPE_CHECKING:
    import napari

MARGIN = 4
"""Around the contents of the dock, in pixels."""

LOAD_AFTER_MS = 50
"""Loading a model begins so long after the widget was made: the window is drawn before."""


class SimpleClickWidget(QWidget):
    """Click on an object, get its mask.

    Parameters
    ----------
    napari_viewer
        The viewer; napari passes it because of this name.
    """

    def __init__(self, napari_viewer: "napari.viewer.Viewer") -> None:
        super().__init__()
        self.viewer = napari_viewer
        self.thread_bridge = MainThread(self)
        self.worker = InferenceThread(self.thread_bridge.called.emit)
        self.compiler = InferenceThread(self.thread_bridge.called.emit)
        atexit.register(self.compiler.finish)
        self.controller = Controller(napari_viewer, self.worker, lambda turn: QTimer.singleShot(0, turn))
        self.workspace = self.controller.workspace
        self.models = ModelLoader(
            self.controller.predictors,
            self.compiler,
            lambda line: self.thread_bridge.called.emit(lambda: self.workspace.status.emit(line)),
            show_info,
            lambda choice: self.setup.show_model(choice),
        )
        self.saver = InferenceThread(self.thread_bridge.called.emit)
        controller, state = self.controller, (self.workspace, self.controller.jobs, self.controller.canvas)
        self.autosave = Autosave(*state, controller.clicks, self.saver)
        self.session_files = SessionFiles(
            self.workspace, controller.jobs, controller.images, self.autosave, partial(ask, self)
        )
        self.hover = HoverPreview(*state, controller.mouse, rest_timer, self.models.load_draft)
        self.look_ahead = LookAhead(*state, rest_timer)
        self.saving = Saving(self.workspace, self.saver)
        self.top_layer = TopLayer(self.workspace, self.saver)
        self.upright = Upright(self.workspace)
        self.commands = actions_of(controller, self._cancel, lambda: self.save_button.ask())
        self._build()
        self._connect()
        self.images.refresh()
        # The layers first: napari imports pandas for them, which takes longer beside the imports of a model.
        self.images.annotate_active()
        self.load_timer.start()
        self._show_state()

    # -- what is shown ----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        controller, workspace = self.controller, self.workspace
        self.setup = SetupPanel()
        self.images = ImageMenu(workspace, controller.images, self.setup)
        self.seen = IntensityMenu(workspace, self.setup, self.saver)
        self.channels = ChannelsMenu(workspace, self.setup.channels_button, self.saver)
        self.clicks = ClicksPanel(workspace, controller.threshold)
        self.taken = TakenRow(controller.clicks)
        self.network_view = NetworkView(workspace, self.saver)
        self.truth = GroundTruthPanel(GroundTruth(workspace, self.saver))
        self.overlap = OverlapForm(workspace)
        self.objects = ObjectsPanel(workspace, controller.objects, controller.canvas.colors)
        self.slices = SlicesPanel(workspace, controller.slices, controller.propagation)
        self.buttons: dict[str, QPushButton] = {**self.clicks.buttons, **self.slices.buttons}
        self.status = StatusLine(lambda: controller.canvas.busy > 0 and not self.models.loading)  # which tells more
        self.help = QLabel(cheat_sheet())
        self.help.setWordWrap(True)  # or the keys make the dock wide, which it stays
        self.help.setVisible(False)
        self.session_menu = SessionMenu(self.session_files, self.status.tell_error)
        self.help_button = named(QPushButton("?"), "Keys", "Show what mouse and keys do")
        self.help_button.setCheckable(True)
        self.help_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.earlier = EarlierWork(self.autosave)
        self.restore_button = self.earlier.button
        self.save_timer = QTimer(self)
        self.save_timer.setInterval(SAVE_EVERY_MS)
        self.refresh_timer = QTimer(self)
        self.refresh_timer.setSingleShot(True)
        self.refresh_timer.setInterval(0)
        self.load_timer = QTimer(self)
        self.load_timer.setSingleShot(True)
        self.load_timer.setInterval(LOAD_AFTER_MS)

        self.save_button = SaveButton(self.saving)
        objects, self.slices_group = section("Objects", self.objects), section("Slices", self.slices)
        self.sections = {
            "Image and contrast": Folded("Image and contrast", self.setup.contrast_form, self.channels),
            "Model": Folded("Model", self.setup.model_form),
            "Advanced": Folded("Advanced", self.setup.advanced_form, self.overlap, self.truth, self.network_view),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addWidget(in_a_row(self.setup.image_menu, self.session_menu))
        layout.addWidget(self.setup.annotate_button)
        layout.addWidget(self.clicks)
        layout.addWidget(self.taken)
        layout.addWidget(
            ScrollColumn(
                self.help, self.earlier, objects, self.slices_group, *self.sections.values(), stretched=objects
            ),
            stretch=1,
        )
        layout.addWidget(in_a_row(self.save_button, self.help_button))
        layout.addWidget(self.status)

    def _connect(self) -> None:
        workspace, setup = self.workspace, self.setup
        workspace.status.connect(self.status.tell)
        workspace.changed.connect(self._show_state_soon)
        workspace.failed.connect(self.status.tell_error)
        self.images.changed.connect(self._show_state_soon)
        self.images.annotated.connect(self._bind_keys)
        self.refresh_timer.timeout.connect(self._show_state)
        self.load_timer.timeout.connect(self._load_model)
        self.save_timer.timeout.connect(self.autosave.save)
        self.save_timer.start()
        self._give_focus_back()
        setup.model_menu.activated.connect(self._load_model)
        setup.device_menu.activated.connect(self._load_model)
        setup.flip_box.toggled.connect(self._load_model)
        setup.draft_box.toggled.connect(self._load_model)
        setup.view_box.toggled.connect(lambda on: workspace.change_settings(look_at_view=on))
        self.clicks.hover_button.toggled.connect(self.hover.switch)
        self.help_button.toggled.connect(self.help.setVisible)
        # napari's key bindings know no "?".
        QShortcut(QKeySequence("?"), self).activated.connect(self.help_button.toggle)
        for name, action in self.commands.items():
            if name in self.buttons:
                self.buttons[name].clicked.connect(lambda _checked=False, action=action: action())
        workspace.slice_changed.connect(self._show_state_soon)
        self.viewer.mouse_drag_callbacks.append(self.controller.mouse)
        self.viewer.mouse_move_callbacks.append(self.hover)
        self._zooms = list(self.viewer.mouse_double_click_callbacks)
        self.viewer.mouse_double_click_callbacks[:] = [self._double_click]
        self.viewer.layers.selection.events.active.connect(self._tell_taken_keys)
        viewer, listener, hover = self.viewer, self.controller.mouse, self.hover
        self.end = at_the_end(
            self,
            [
                self.load_timer.stop,
                self.save_timer.stop,
                self.images.stop,
                lambda: viewer.mouse_drag_callbacks.remove(listener),
                lambda: viewer.mouse_move_callbacks.remove(hover),
                self._zoom_again,
                hover.stop,
                self.look_ahead.stop,
                self.top_layer.stop,
                self.upright.stop,
                self.controller.propagation.cancel,
                self.worker.stop,
                self.compiler.stop,
                self.saver.stop,
                self.autosave.save_last,
                lambda: unbind_keys(workspace),
                self.controller.shut_down,
            ],
        )

    def changeEvent(self, event: QEvent | None) -> None:
        """End when the dock is closed: that only takes this widget out, which may live on for long."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.ParentChange and self.parent() is None:
            self.end()

    # -- what the user does -----------------------------------------------------------------------------------------

    def _bind_keys(self) -> None:
        bind_keys(self.workspace, self.commands)

    def _give_focus_back(self) -> None:
        """Keys act everywhere in the dock, and what was chosen there gives the focus back to the canvas."""
        self.keys = DockKeys(self, {key: self.commands[name] for key, (name, _) in KEYS.items()})
        self.slices.place_box.lineEdit().returnPressed.connect(lambda: focus_canvas(self))
        self.objects.table.chosen.connect(lambda _object: focus_canvas(self))
        self.slices.strip.chosen.connect(lambda _place: focus_canvas(self) if self.slices.strip.underMouse() else None)
        for menu in self.findChildren(QComboBox):
            menu.activated.connect(lambda _row: focus_canvas(self))

    def _double_click(self, viewer: Any, event: Any) -> None:
        """Fast clicks are clicks; where they are not ours, napari zooms as ever."""
        if not self.controller.mouse.double_click(viewer, event):
            for zoom in self._zooms:
                zoom(viewer, event)

    def _zoom_again(self) -> None:
        """Leave double-clicks to napari."""
        self.viewer.mouse_double_click_callbacks[:] = self._zooms

    def _tell_taken_keys(self, event: Any) -> None:
        """Tell which keys do something else while another layer is active."""
        layer = event.value
        if layer is None or self.controller.mouse.is_ours(layer):
            return
        taken = taken_keys(layer)
        if taken:
            self.workspace.status.emit(f"{layer.name!r} is active: {', '.join(taken)} are keys of its tools.")

    def _load_model(self, _chosen: object = None) -> None:
        self.models.load(self.setup.model)

    def _cancel(self) -> None:
        self.controller.drawing.put_down()
        self.controller.propagation.cancel()
        self.models.cancel()

    # -- keep the window up to date ---------------------------------------------------------------------------------

    def _show_state_soon(self) -> None:
        """Show the state when the window has nothing else to do: once, however often it changes until then."""
        self.refresh_timer.start()

    def _show_state(self) -> None:
        controller = self.controller
        self.images.show_present()
        self.clicks.refresh()
        self.taken.refresh()
        self.truth.refresh()
        self.network_view.refresh()
        self.seen.refresh()
        self.channels.refresh()
        self.clicks.hover_button.setChecked(self.hover.on)
        self.earlier.refresh()
        self.objects.refresh()
        self.slices.refresh()
        shown = self.workspace.shown_plane
        self.slices_group.setVisible(shown is None or slice_axis(shown) is not None)
        self.setup.annotate_button.setVisible(self.setup.image_menu.count() > 0 and not self.workspace.ready)
        self.save_button.setEnabled(self.workspace.labels is not None)
        self.buttons["cancel"].setEnabled(self.controller.propagation.running or self.models.loading)
        if self.status.show_busy(controller.canvas.busy > 0):
            self.workspace.say_next()
