"""Choices of model and device."""

from types import SimpleNamespace

from qtpy.QtCore import Qt

from napari_simpleclick.plugin.widgets.panels import setup_panel


def test_figures_of_models_are_shown_as_text(qtbot, monkeypatch):
    told = SimpleNamespace(text=lambda name: f"{name}: <img src=file:///etc/passwd>")
    monkeypatch.setattr(setup_panel, "read_speed", lambda: told)
    panel = setup_panel.SetupPanel()
    assert "&lt;img src=" in panel.model_menu.itemData(0, Qt.ItemDataRole.ToolTipRole)
