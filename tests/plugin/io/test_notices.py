"""What files say of themselves, told in napari's window."""

import numpy as np
import pytest

from napari_simpleclick.data.volume import Hint, Volume
from napari_simpleclick.plugin.io import notices


@pytest.fixture
def told(monkeypatch):
    """What napari would show."""
    shown = []
    for name in ("show_info", "show_warning"):
        monkeypatch.setattr(f"napari.utils.notifications.{name}", shown.append)
    monkeypatch.setattr(notices, "_told", set())
    return shown


def test_hints_are_given_once_and_what_is_wrong_each_time(told):
    volume = Volume(np.zeros((2, 2)), (1, 1), notices=(Hint("a.tif holds 3 levels"), "a.tif lacks tiles"))
    other = Volume(np.zeros((2, 2)), (1, 1), notices=(Hint("b.tif holds 3 levels"),))
    notices.tell([volume, volume])
    assert told == ["a.tif holds 3 levels", "a.tif lacks tiles"]
    notices.tell([volume])
    notices.tell([other])
    assert told[2:] == ["a.tif lacks tiles", "b.tif holds 3 levels"]
