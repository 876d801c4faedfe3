"""Mutation test: change an operator or a number of a function, and see whether a test of its module fails.

    python scripts/mutation.py --count 25

Every mutant runs in a fork of one process that has imported everything, so that one takes seconds. Each line that is
printed is a mutant that no test noticed; the last one of a module is its score.
"""

import argparse
import ast
import copy
import doctest
import importlib
import io
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

TARGETS = {
    "inference.roi": ("tests/inference/test_roi.py", "tests/inference/test_golden_rois.py"),
    "inference.click_constraints": ("tests/inference/test_click_constraints.py",),
    "evaluation.metrics": (
        "tests/evaluation/test_metrics.py",
        "tests/evaluation/test_golden_protocol.py::test_metrics_equal_the_published_ones",
    ),
    "evaluation.robot_user": (
        "tests/evaluation/users/test_robot_user.py",
        "tests/evaluation/test_golden_protocol.py::test_robot_user_clicks_the_published_pixels",
    ),
    "inference.propagation.follow": ("tests/inference/propagation/test_follow.py",),
    "annotation.session_files.format": ("tests/annotation/session_files/test_format.py",),
    "annotation.session_files.check": (
        "tests/annotation/session_files/test_check.py",
        "tests/annotation/session_files/test_format.py",
    ),
}
"""Modules, and the tests that mirror them."""

SECONDS = 120
"""Of the processor; a mutant that takes longer is noticed."""

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def places(function: ast.FunctionDef) -> Iterator[tuple[int, int]]:
    """What can be changed in a function: number of the node in `ast.walk`, and which of its parts."""
    for number, node in enumerate(ast.walk(function)):
        swapped = isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPPED
        negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        if isinstance(node, ast.Compare):
            yield from ((number, part) for part, operator in enumerate(node.ops) if type(operator) in SWAPPED)
        elif swapped or negated or (isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float)):
            yield number, 0


def mutated(function: ast.FunctionDef, number: int, part: int) -> tuple[ast.FunctionDef, str]:
    """A function with one change, and what it is in words."""
    changed = copy.deepcopy(function)
    node: Any = list(ast.walk(changed))[number]
    before = ast.unparse(node)
    if isinstance(node, ast.Compare):
        node.ops[part] = SWAPPED[type(node.ops[part])]()
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = SWAPPED[type(node.op)]()
    elif isinstance(node, ast.UnaryOp):
        node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    return changed, f"line {getattr(node, 'lineno', 0)}: {before}  ->  {ast.unparse(node)}"


def functions(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef]]:
    """Functions and methods of a module by name, without annotations, defaults and docstrings."""
    for owner in (tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))):
        for node in owner.body:
            if isinstance(node, ast.FunctionDef):
                bare = copy.deepcopy(node)
                bare.decorator_list, bare.returns = [], None
                bare.args.defaults, bare.args.kw_defaults = [], [None] * len(bare.args.kwonlyargs)
                for argument in ast.walk(bare.args):
                    if isinstance(argument, ast.arg):
                        argument.annotation = None
                yield ((owner.name,) if isinstance(owner, ast.ClassDef) else ()) + (node.name,), bare


def there(module: ModuleType, name: tuple[str, ...]) -> FunctionType | None:
    """The function that callers have, under decorators."""
    found: Any = module
    for part in name:
        found = vars(found).get(part)
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    found = getattr(found, "__wrapped__", found)
    return found if isinstance(found, FunctionType) else None


def code_of(function: ast.FunctionDef, file: str) -> CodeType:
    """The compiled function."""
    compiled = compile(ast.fix_missing_locations(ast.Module([function], [])), file, "exec")
    return next(part for part in compiled.co_consts if isinstance(part, CodeType))


def fails(module: ModuleType, tests: tuple[str, ...]) -> bool:
    """Whether an example of a module or one of its tests fails; says nothing."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        examples = doctest.testmod(module).failed
        return bool(examples or pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests]))


def noticed(module: ModuleType, target: FunctionType, code: CodeType, tests: tuple[str, ...]) -> bool:
    """Whether something fails with other code in a function."""
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        target.__code__ = code
        os._exit(int(fails(module, tests)))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def score(name: str, tests: tuple[str, ...], count: int) -> None:
    """Try some mutants of a module, and print those that nobody notices."""
    module = importlib.import_module(f"napari_simpleclick.{name}")
    file = str(module.__file__)
    all_of_them = [
        (target, function, place)
        for path, function in functions(ast.parse(Path(file).read_text(encoding="utf-8")))
        if (target := there(module, path)) is not None
        for place in places(function)
    ]
    chosen = random.Random(name).sample(all_of_them, min(count, len(all_of_them)))
    if fails(module, tests):  # here, so that forks find everything imported
        print(f"{name}: the tests fail without any change", flush=True)
        return
    killed = tried = 0
    for target, function, place in chosen:
        changed, words = mutated(function, *place)
        code = code_of(changed, file)
        if code.co_freevars != target.__code__.co_freevars:
            continue
        tried += 1
        if noticed(module, target, code, tests):
            killed += 1
        else:
            print(f"    {name} {words}", flush=True)
    print(f"{name}: {killed} of {tried} noticed, of {len(all_of_them)} possible", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25, help="mutants of each module")
    parser.add_argument("modules", nargs="*", default=list(TARGETS))
    command = parser.parse_args()
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # windows and threads of plugins survive no fork
    sys.path.insert(0, str(ROOT))
    for name in command.modules:
        score(name, TARGETS[name], command.count)


if __name__ == "__main__":
    main()
