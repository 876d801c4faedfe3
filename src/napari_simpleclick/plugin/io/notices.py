"""Notices of files in napari's window: what was left out, or is not as the file says."""

from collections.abc import Iterable

from napari_simpleclick.data.volume import Hint, Volume

_told: set[str] = set()
"""Hints that this process gave already."""


def tell(volumes: Iterable[Volume]) -> None:
    """Show the notices of opened volumes, each once, as warnings of napari; a hint once as long as napari is open."""
    from napari.utils.notifications import show_info, show_warning

    for notice in dict.fromkeys(notice for volume in volumes for notice in volume.notices):
        if not isinstance(notice, Hint):
            show_warning(notice)
        elif notice not in _told:
            _told.add(notice)
            show_info(notice)
