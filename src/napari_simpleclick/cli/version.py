"""`--version` of the commands."""

import sys
from importlib.metadata import version


def tell_version() -> None:
    """Print the version and end the program if that is what the user asks for, also after the name of a command.

    Raises
    ------
    SystemExit
        After the version was printed.
    """
    if "--version" in sys.argv[1:]:
        print(f"napari-simpleclick {version('napari-simpleclick')}")
        raise SystemExit(0)
