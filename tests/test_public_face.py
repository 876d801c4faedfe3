"""The public names: there, imported late, and described in the reference."""

import subprocess
import sys
from pathlib import Path

import pytest

import napari_simpleclick

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "python.md"


@pytest.mark.parametrize("name", napari_simpleclick.__all__)
def test_public_name_is_there_and_described(name):
    assert getattr(napari_simpleclick, name).__doc__
    assert name in dir(napari_simpleclick)
    assert f"| `{name}" in REFERENCE.read_text(encoding="utf-8")


def test_public_names_are_those_that_are_imported_late():
    assert sorted(napari_simpleclick.PUBLIC) == sorted(napari_simpleclick.__all__)


def test_unknown_name_lists_the_right_ones():
    with pytest.raises(AttributeError, match="public names: Annotator, Click"):
        _ = napari_simpleclick.load_predictr


def test_import_is_light():
    code = (
        "import napari_simpleclick, sys; print([name for name in ('torch', 'numpy', 'napari') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
