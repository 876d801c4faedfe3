"""The predictors that gave the answers of a session, loaded once more by what the file says of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from rich.console import Console

from napari_simpleclick.annotation.session_files.format import SessionContent, SessionFileError
from napari_simpleclick.inference.engines.device import devices_at_hand
from napari_simpleclick.inference.engines.network import Engine, Precision
from napari_simpleclick.inference.loading import load_predictor
from napari_simpleclick.inference.predictor import Predictor
from napari_simpleclick.model.weights import available_models

LARGEST_INPUT = 2688
"""Sides of a network's input in a session file are no larger, in pixels."""


def load_predictors(content: SessionContent, model: str | None, console: Console) -> list[Predictor]:
    """The predictors that gave the answers; another engine is taken, and said, where theirs is not at hand.

    Parameters
    ----------
    content
        The session, with the facts of every predictor that answered in it.
    model
        Name or file of the model for all of them; those that the session names if None.
    console
        Says where another engine is taken.

    Raises
    ------
    SessionFileError
        If a model is another one than in the file.
    """
    load = cache(load_predictor)
    predictors = []
    for facts in content.predictors:
        name, wanted = model or named_model(facts), str(facts.get("engine", ""))
        engine, precision, device = parts_of(wanted)
        here = {"flip": bool(facts.get("flip", False)), "size": size_of(facts)}
        try:
            if device not in devices_at_hand():
                raise ModuleNotFoundError(f"This machine has no {device} device")
            predictor = load(name, engine=engine, precision=precision, device=device, **here)
        except (ModuleNotFoundError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and precision != "int8":
                raise
            predictor = load(name, engine="torch", precision="f32", device="cpu", **here)
        got = predictor.facts
        if got["sha256"] != facts.get("sha256"):
            raise SessionFileError(
                f"The model {name} is not the one of the session: expected sha256 {facts.get('sha256')}, got "
                f"{got['sha256']}. Get that file and name it with --model."
            )
        if got["engine"] != wanted:
            console.print(
                f"The session was made with {wanted}, here is {got['engine']}; masks may differ a little.",
                style="yellow",
            )
        predictors.append(predictor)
    return predictors


def named_model(facts: Mapping[str, Any]) -> str:
    """The name of a model in a session file, which never is a path: that would decide what is opened.

    Raises
    ------
    SessionFileError
        If it is not the name of a model on this machine.
    """
    name = facts.get("model")
    if name not in [found.name for found in available_models()]:
        raise SessionFileError(
            f"The session was made with the model {name!r}, which is not among those of this machine. Name its file "
            "with --model."
        )
    return str(name)


def size_of(facts: Mapping[str, Any]) -> int:
    """The side of the network's input in a session file.

    Raises
    ------
    SessionFileError
        If it is none that a network takes.
    """
    size = facts.get("size", 448)
    if type(size) is not int or not 16 <= size <= LARGEST_INPUT:
        raise SessionFileError(f"The session names a network input of {size!r} pixels. Expected 16 to {LARGEST_INPUT}.")
    return size


def parts_of(engine: str) -> tuple[Any, Any, str]:
    """Engine, precision and device to ask for, from the name of an engine in a session file.

    Examples
    --------
    >>> parts_of("torch float16 on cuda"), parts_of("OpenVINO bf16")
    (('torch', 'f16', 'cuda'), ('openvino', 'bf16', 'cpu'))
    """
    words = engine.lower().split()
    kind = words[0] if words else "auto"
    precision = words[1].replace("bfloat", "bf").replace("float", "f") if len(words) > 1 else "auto"
    known = kind in get_args(Engine) and precision in get_args(Precision)
    return (kind, precision, words[-1] if "on" in words else "cpu") if known else ("auto", "auto", "cpu")
