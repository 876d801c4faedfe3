"""Files of layers: what napari noted, or what we did where a layer was opened by a menu entry."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari.layers import Layer

FILE = "napari-simpleclick file"
"""Key of a layer's metadata under which its file is noted."""


def image_file(layer: "Layer") -> str | None:
    """The file that a layer came from; None if from none.

    Examples
    --------
    >>> import numpy as np
    >>> from napari.layers import Image
    >>> image_file(Image(np.zeros((4, 4)), metadata={FILE: "stack.tif"}))
    'stack.tif'
    >>> image_file(Image(np.zeros((4, 4)))) is None
    True
    """
    path = layer.source.path or layer.metadata.get(FILE)
    return None if path is None else str(path)
