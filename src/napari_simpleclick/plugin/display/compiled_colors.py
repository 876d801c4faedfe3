"""Compiled colors: what napari compiles to map labels to chosen colors, made ready beside the window's thread."""

from contextlib import suppress
from importlib import import_module

import numpy as np

from napari_simpleclick.plugin.display.layers import HIDDEN, OTHER_LABELS

THREADING_LAYERS = ["omp", "tbb", "workqueue"]
"""Of numba, which napari compiles with. Its own order begins with TBB, and finds that of OpenVINO: started by a worker
thread, it lets the process wait for ever at its end."""


def prepare_colors(dtype: np.dtype) -> None:
    """Let napari compile how it maps labels to chosen colors, which takes a second the first time, in any thread."""
    from napari.utils.colormaps import DirectLabelColormap

    with suppress(ModuleNotFoundError):
        import_module("numba").config.THREADING_LAYER_PRIORITY = THREADING_LAYERS
    DirectLabelColormap(color_dict={None: OTHER_LABELS, 0: HIDDEN}).map(np.zeros((1, 1), dtype))
