"""The page on the architecture tells where things are: every file that it names is there and holds the name."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")

ROWS = re.findall(r"^\| ([^|]+) \| `([\w/]+\.py)` \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_there_are_twenty_behaviours():
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("behaviour", "file", "names"), ROWS, ids=[row[0] for row in ROWS])
def test_behaviour_is_where_the_page_says(behaviour, file, names):
    source = (ROOT / "src" / "napari_simpleclick" / file).read_text(encoding="utf-8")
    for dotted in re.findall(r"`([\w.]+)`", names):
        for name in dotted.split("."):
            assert re.search(rf"^ *(def|class) {name}\b|^ *([A-Z_]+, )*{name}\b.*[:=]", source, re.MULTILINE), (
                behaviour,
                name,
            )
