"""Axes of TIFF files: the letters of tifffile as our own."""

KNOWN = "TZCYX"
"""Letters of axes in the order in which ImageJ stores them."""


def known_axes(axes: str) -> str:
    """Letters of axes with those that napari's users do not know (series, angles, ...) as free ones of Z, T and C.

    The order stays as it is in the file. Without enough free letters no axis has a name.

    Examples
    --------
    >>> known_axes("QYX"), known_axes("CIYX"), known_axes("TZCYX"), known_axes("XYZ"), known_axes("QQQQYX")
    ('ZYX', 'CZYX', 'TZCYX', 'XYZ', '')
    """
    free = [letter for letter in "CTZ" if letter not in axes]
    named = ""
    for letter in reversed(axes):
        if letter in KNOWN and letter not in named:
            named = letter + named
        elif free:
            named = free.pop() + named
        else:
            return ""
    return named
