"""Errors of data that cannot be used; every reader and writer ends in one of them, whatever its library raises."""


class VolumeError(ValueError):
    """A file or array is not a volume that can be used; says what, what was expected, and the cure."""


class NotEnoughMemoryError(VolumeError):
    """Something does not fit into memory."""
