"""Bootstrap over objects: how far a mean may be off, and whether two runs differ by more than chance."""

from collections.abc import Mapping

import numpy as np

RESAMPLES, SEED, LEVEL = 5000, 0, 0.95
CHUNK = 1_000_000
"""Numbers drawn at once, so that thousands of objects do not fill the memory."""


def resampled_means(values: np.ndarray, *, resamples: int = RESAMPLES, seed: int = SEED) -> np.ndarray:
    """Means of as many objects, drawn with replacement, (resamples,) float64.

    Examples
    --------
    >>> resampled_means(np.array([2.0, 2.0, 2.0]), resamples=4)
    array([2., 2., 2., 2.])
    """
    generator, values = np.random.default_rng(seed), np.asarray(values, np.float64)
    rows = max(1, CHUNK // len(values))
    counts = [min(rows, resamples - start) for start in range(0, resamples, rows)]
    draws = (values[generator.integers(0, len(values), (count, len(values)))].mean(axis=1) for count in counts)
    return np.concatenate(list(draws))


def confidence_intervals(
    values: Mapping[str, np.ndarray], *, level: float = LEVEL, seed: int = SEED
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of means, by name; for failures of their number.

    Parameters
    ----------
    values
        A number for each object, by name.
    level
        Probability that the interval claims.
    seed
        Of the draws: the same objects give the same interval.

    Examples
    --------
    >>> confidence_intervals({"mIoU@1": np.array([0.5, 0.5])})
    {'mIoU@1': (0.5, 0.5)}
    """
    tails = [(1 - level) / 2, (1 + level) / 2]
    intervals = {}
    for name, numbers in values.items():
        low, high = np.quantile(resampled_means(numbers, seed=seed), tails)
        scale = len(numbers) if name.startswith("failures") else 1
        intervals[name] = (float(low * scale), float(high * scale))
    return intervals


def paired_p_value(first: np.ndarray, second: np.ndarray, *, seed: int = SEED) -> float:
    """Two-sided p-value for a difference of the means on the same objects (Efron and Tibshirani 1993, section 16.4).

    The differences are shifted to mean zero and drawn anew; the p-value is how often their mean is as far from zero
    as the one found. It is never below 1 / (resamples + 1).

    Examples
    --------
    >>> paired_p_value(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    1.0
    """
    differences = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    found = abs(differences.mean())
    by_chance = np.abs(resampled_means(differences - differences.mean(), seed=seed))
    return float((1 + np.count_nonzero(by_chance >= found - 1e-12)) / (1 + len(by_chance)))
