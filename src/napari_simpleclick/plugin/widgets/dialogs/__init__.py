"""Windows of their own: questions, and what is opened from a menu of napari."""
