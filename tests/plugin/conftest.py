"""Keep the tests out of the user's folders."""

import pytest


@pytest.fixture(autouse=True)
def own_recovery_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("napari_simpleclick.plugin.recovery.user_data_path", lambda *_names, **_settings: tmp_path)
