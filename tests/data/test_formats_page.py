"""The page of file formats names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_row_of_the_page_has_its_test():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "reference" / "formats.md").read_text()))
    there = {
        name for path in (ROOT / "tests").rglob("*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert len(named) > 50
    assert named <= there
