"""How commands talk: what users named is shown as it is, known mistakes are messages, Ctrl+C says what is kept."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from napari_simpleclick.write_errors import plain_words

INTERRUPTED = 130
"""Exit status of a command that Ctrl+C ended, as shells have it."""


def plain_console(*, stderr: bool = False) -> Console:
    """A console that takes square brackets for what they are: names of files and of extras have them."""
    return Console(markup=False, emoji=False, stderr=stderr)


def say(console: Console, word: str, style: str, text: str) -> None:
    """Print a line that begins with a coloured word.

    Parameters
    ----------
    console
        Where to print.
    word, style
        The word, such as "Notice:", and its rich style, such as "yellow".
    text
        What follows; no markup, and not wrapped.
    """
    console.print(Text.assemble((word, style), " ", text), highlight=False, soft_wrap=True)


@contextmanager
def told_as_messages(kept: str = "Nothing was written.") -> Iterator[None]:
    """Print what a known mistake says, and leave with status 2; with status 130 after Ctrl+C.

    Parameters
    ----------
    kept
        What there is after Ctrl+C, and how to go on.
    """
    try:
        yield
    except KeyboardInterrupt:
        say(plain_console(stderr=True), "Stopped.", "bold", kept)
        sys.exit(INTERRUPTED)
    except (ValueError, OSError, ModuleNotFoundError, FloatingPointError, MemoryError) as error:
        say(plain_console(stderr=True), "Error:", "bold red", plain_words(error))
        sys.exit(2)
