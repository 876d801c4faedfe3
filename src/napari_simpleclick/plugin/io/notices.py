"""Tell in napari's window what files say that they are not, or not quite."""

from collections.abc import Iterable

from napari_simpleclick.data.volume import Volume


def tell(volumes: Iterable[Volume]) -> None:
    """Show the notices of opened volumes, each once, as warnings of napari."""
    from napari.utils.notifications import show_warning

    for notice in dict.fromkeys(notice for volume in volumes for notice in volume.notices):
        show_warning(notice)
