"""Benchmarks and scripts measure the package as it is: every name of it that they use is there."""

import ast
import json
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py")])

CHECK = """
import importlib, json, sys
for module, name in json.load(sys.stdin):
    try:
        found = importlib.import_module(module)
        if not hasattr(found, name):
            importlib.import_module(f"{module}.{name}")
    except ImportError as error:
        print(f"{module}: {name}: {error}")
"""


def names_of(path):
    """What a file imports of this package, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("napari_simpleclick"):
            yield from ((node.module, alias.name) for alias in node.names)


def test_names_that_benchmarks_and_scripts_import_exist():
    names = sorted({name for path in FILES for name in names_of(path)})
    assert len(names) > 50
    done = subprocess.run(
        [sys.executable, "-c", CHECK], input=json.dumps(names), capture_output=True, text=True, timeout=300
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_entries_that_the_latency_is_measured_at_exist():
    """They are named, not imported, since they bring Qt."""
    measured = runpy.run_path(str(ROOT / "benchmarks" / "gui_latency.py"))
    names = [
        (measured["PLUGIN"] + owner, name)
        for table in (measured["OURS"], measured["NAPARI"])
        for owner, entries in table.items()
        for name in entries
    ]
    code = """
import importlib, json, sys
for owner, name in json.load(sys.stdin):
    module, _, kind = owner.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), kind) if kind[0].isupper() else importlib.import_module(owner)
        getattr(found, name)
    except (AttributeError, ImportError) as error:
        print(f"{owner}.{name}: {error}")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(names), capture_output=True, text=True, timeout=300
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
