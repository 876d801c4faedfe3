"""Keep the tests out of the user's folders, and those of widgets out of machines without a screen."""

import pytest
from tests.fakes import needs_screen

from napari_simpleclick.plugin.jobs.torch_beside_opengl import import_torch


@pytest.fixture(autouse=True, scope="session")
def torch_before_windows():
    """Tests import torch without the plugin's care for OpenGL: in a process that has drawn a window, that crashes."""
    import_torch()


@pytest.fixture(autouse=True)
def own_recovery_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "napari_simpleclick.annotation.session_files.recoverable.user_data_path", lambda *_names, **_settings: tmp_path
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if "qtbot" in getattr(item, "fixturenames", ()):
            item.add_marker(needs_screen)
