"""The face in napari: widget, controller, layers, keys."""
