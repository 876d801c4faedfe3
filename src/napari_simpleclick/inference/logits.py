"""Logits and the probabilities that they stand for."""

import numpy as np


def logit(probabilities: np.ndarray, *, least: float) -> np.ndarray:
    """Logits of probabilities, as if none were closer to 0 or 1 than `least`.

    Examples
    --------
    >>> logit(np.array([0.0, 0.5, 1.0]), least=0.001).round(2)
    array([-6.91,  0.  ,  6.91])
    """
    values = np.clip(probabilities, least, 1 - least)
    logits: np.ndarray = np.log(values / (1 - values))
    return logits


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits, in new memory of the same precision.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    result: np.ndarray = np.negative(logits)
    with np.errstate(over="ignore"):  # infinity is what is wanted: its inverse is 0
        np.exp(result, out=result)
    result += 1
    np.reciprocal(result, out=result)
    return result
