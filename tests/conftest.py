"""Fixtures that every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items):
    # Here, not in the fixture: a skip that comes when napari's viewer has been made ends in an error of its fixture.
    if not SHARED.is_dir():
        skip = pytest.mark.skip(
            reason=f"needs {SHARED.name}/ beside the checkout, see docs/reference/test_data.md for its sources"
        )
        for item in items:
            if "shared" in getattr(item, "fixturenames", ()):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the data sets and starter weights that may not be shipped; tests that use it are skipped without."""
    return SHARED


@pytest.fixture
def golden() -> Path:
    """Numbers recorded from the published implementation."""
    return Path(__file__).parent / "golden"
