"""How commands talk: what users named is shown as it is, known mistakes are messages, Ctrl+C says what is kept."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from napari_simpleclick.write_errors import plain_words

INTERRUPTED = 130
"""Exit status of a command that Ctrl+C ended, as shells have it."""


CONTROLS = (
    {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}
    | {127: "\u2421"}
    | {code: "\ufffd" for code in range(128, 160)}
)
"""Signs for characters that tell terminals what to do: names and headers of files may hold them."""


class PlainConsole(Console):
    """A console that shows texts as they are: no markup, and signs in the place of control characters."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(markup=False, emoji=False, stderr=stderr)

    def render_str(self, text: str, **options: Any) -> Text:
        """A text for output; control characters are shown."""
        return super().render_str(shown(text), **options)


def plain_console(*, stderr: bool = False) -> Console:
    """A console that takes square brackets for what they are: names of files and of extras have them."""
    return PlainConsole(stderr=stderr)


def shown(text: str) -> str:
    r"""A text with signs in the place of control characters, which would move the cursor, or write the clipboard.

    Examples
    --------
    >>> shown("a\x1b]52;c;YQ==\x07.tif")
    'a␛]52;c;YQ==␇.tif'
    """
    return text.translate(CONTROLS)


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
    console.print(Text.assemble((word, style), " ", shown(text)), highlight=False, soft_wrap=True)


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
