"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """Folder with the data sets and starter weights that may not be shipped, beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(
            f"needs the folder {SHARED.name}/ beside the checkout: see docs/reference/test_data.md for its sources"
        )
    return SHARED


@pytest.fixture
def golden() -> Path:
    """Numbers recorded from the published implementation."""
    return Path(__file__).parent / "golden"
