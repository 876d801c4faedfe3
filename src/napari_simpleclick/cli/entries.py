"""Lists on the terminal whose words, paths and hashes are never broken: an entry has a title and lines with labels."""

from collections.abc import Mapping
from textwrap import TextWrapper


def entry(title: str, lines: Mapping[str, str], *, width: int) -> str:
    """An entry of a list; lines are broken between words, and a longer word stands out.

    Parameters
    ----------
    title
        First line.
    lines
        Text by its label; empty ones are left out.
    width
        Characters of a line.

    Examples
    --------
    >>> lines = {"content": "10 sections of brain", "from": "https://example.org/a/long/address"}
    >>> print(entry("ssTEM", lines, width=24))
    ssTEM
      content  10 sections
               of brain
      from     https://example.org/a/long/address
    """
    column = max(map(len, lines), default=0) + 4
    told = [title]
    for label, text in lines.items():
        if text:
            first = f"  {label}".ljust(column)
            wrapper = TextWrapper(width, first, " " * column, break_long_words=False, break_on_hyphens=False)
            told.extend(wrapper.wrap(text))
    return "\n".join(told)
