"""Docstrings tell what a reader of another file needs: what the parameters mean, and when an error is raised."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

FROM_THE_CLASS = ("__init__", "__post_init__")
"""Methods that the docstring of their class describes."""


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    """File and syntax tree of every module of the package, by its dotted name."""
    found = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        found[name] = path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def used_elsewhere() -> set[str]:
    """Dotted names of functions and classes that another file of the package, napari or a command imports."""
    manifests = [(ROOT / name).read_text(encoding="utf-8") for name in ("napari.yaml", "pyproject.toml")]
    found = {name.replace(":", ".") for text in manifests for name in re.findall(r"napari_simpleclick[\w.]*:\w+", text)}
    for _, tree in modules().values():
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        known = {alias.asname or alias.name: f"{node.module}.{alias.name}" for node in imports for alias in node.names}
        found |= set(known.values())
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known:
                found.add(f"{known[node.value.id]}.{node.attr}")
    return found


def functions(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.ClassDef | None]]:
    """Functions of a module, and methods with their class; neither private nor nested ones, nor overloads."""
    for node in tree.body:
        owner = node if isinstance(node, ast.ClassDef) else None
        for function in owner.body if owner else [node]:
            if not isinstance(function, ast.FunctionDef):
                continue
            private = any(re.match(r"_(?!_)", each.name) for each in (function, owner) if each)
            if not private and "overload" not in map(ast.unparse, function.decorator_list):
                yield function, owner


def parameters(function: ast.FunctionDef) -> list[str]:
    """Names of its parameters, but for what Python passes by itself or, as to `__exit__`, dictates."""
    if re.match(r"__(?!init|call)", function.name):
        return []
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in every if argument.arg not in ("self", "cls")]


def raises(node: ast.AST) -> bool:
    """Whether a function raises an error by itself: neither one that it caught, nor that of a method to be written."""
    return any(
        is_error(child) or raises(child)
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef)
    )


def is_error(node: ast.AST) -> bool:
    """Whether a statement raises a new error.

    Examples
    --------
    >>> lines = "raise", "raise error", "raise NotImplementedError", "raise KeyError", "raise damaged(path) from error"
    >>> [is_error(ast.parse(line).body[0]) for line in lines]
    [False, False, False, True, True]
    """
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    caught = isinstance(node.exc, ast.Name) and node.exc.id.islower()
    return not caught and "NotImplementedError" not in ast.unparse(node.exc)


def docstring(function: ast.FunctionDef, owner: ast.ClassDef | None) -> str:
    """The text where a reader looks for it."""
    described = owner if owner and function.name in FROM_THE_CLASS else function
    return ast.get_docstring(described) or ""


def lacking(section: str) -> list[str]:
    """Functions that need a section and do not have it, with file and line."""
    found = []
    for module, (path, tree) in modules().items():
        for function, owner in functions(tree):
            public = f"{module}.{(owner or function).name}" in used_elsewhere()
            needed = public and len(parameters(function)) > 2 if section == "Parameters" else raises(function)
            if needed and f"\n{section}\n---" not in docstring(function, owner):
                name = f"{owner.name}.{function.name}" if owner else function.name
                found.append(f"{path}:{function.lineno} {name}")
    return found


def test_functions_that_other_files_call_describe_three_or_more_parameters():
    assert not lacking("Parameters"), "describe them as numpydoc does, with shape, unit and what None means"


def test_functions_that_raise_an_error_say_when():
    assert not lacking("Raises"), "add a section `Raises` to their docstrings"
