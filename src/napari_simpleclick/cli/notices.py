"""Notices of files in the terminal: what was left out, or is not as the file says."""

from rich.console import Console

from napari_simpleclick.data.volume import Volume


def tell_notices(volume: Volume, console: Console) -> None:
    """Print the notices of an opened volume, which may hold text from its file, word by word."""
    for notice in volume.notices:
        console.print(notice, style="yellow", markup=False, highlight=False)
