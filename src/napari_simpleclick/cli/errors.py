"""Known mistakes end a command with a message instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape


@contextmanager
def told_as_messages() -> Iterator[None]:
    """Print what a ValueError, OSError or missing module says, and leave with status 2."""
    try:
        yield
    except (ValueError, OSError, ModuleNotFoundError) as error:
        Console(stderr=True).print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
