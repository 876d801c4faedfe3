"""Rows of a click file: the values of every click, as a JSON text or a table gives them."""

import codecs
import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 28
"""Larger files are no click files: a million clicks take 40 MB."""

DELIMITERS = ",;\t"
"""What spreadsheets put between cells; where it is no comma, the comma may be that of decimals."""


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 where its first bytes say so; those bytes are left out.

    Raises
    ------
    ValueError
        If the file is too large, or of another encoding.
    """
    if (size := path.stat().st_size) > MOST_BYTES:
        raise ValueError(f"it has {size} bytes, expected at most {MOST_BYTES}")
    content = path.read_bytes()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig")


def rows_of_json(text: str) -> list[Mapping[str, Any]]:
    """The clicks of a JSON text: a list, or under "clicks".

    Raises
    ------
    ValueError
        If it is no JSON, or holds no list of objects.
    """
    content = json.loads(text)
    rows = content.get("clicks") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError('expected {"clicks": [{"object": 1, "at": [12, 40, 51], "positive": true}, ...]}')
    return rows


def rows_of_csv(text: str) -> list[Mapping[str, Any]]:
    r"""The clicks of a table with the columns axis-0, axis-1, ...; others may lack.

    Cells lie between commas, or between semicolons or tabs, as spreadsheets of many countries write them; decimals may
    then have a comma.

    Raises
    ------
    ValueError
        If there are fewer than two columns of places.

    Examples
    --------
    >>> rows_of_csv("axis-0;axis-1\n1,5;2\n")[0]["at"]
    ['1.5', '2']
    """
    if text[:4].lower() == "sep=":  # the first line of some spreadsheets
        text = text.partition("\n")[2]
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    table = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    names = [name.strip().lower() for name in table[0]] if table else []
    places = sorted((name for name in names if is_axis(name)), key=axis_number)
    if len(places) < 2:
        raise ValueError(f"expected columns axis-0, axis-1, ..., got {', '.join(names)[:200]}")
    rows: list[Mapping[str, Any]] = []
    for cells in table[1:]:
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        at = [row.get(name) for name in places]
        if delimiter != ",":
            at = [cell and cell.replace(",", ".") for cell in at]
        rows.append({**row, "at": at, "axes": (row.get("axes") or "").split() or None})
    return rows


def is_axis(column: str) -> bool:
    """Whether a column holds positions.

    Examples
    --------
    >>> is_axis("axis-2"), is_axis("axis-z")
    (True, False)
    """
    return column.startswith("axis-") and column.removeprefix("axis-").isdecimal()


def axis_number(column: str) -> int:
    """The number in the name of a column.

    Examples
    --------
    >>> axis_number("axis-10")
    10
    """
    return int(column.removeprefix("axis-"))
