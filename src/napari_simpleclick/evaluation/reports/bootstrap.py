"""Bootstrap over objects: how far a mean may be off, and whether two runs differ by more than chance."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

RESAMPLES, SEED, LEVEL = 5000, 0, 0.95
CHUNK = 1_000_000
"""Numbers drawn at once, so that thousands of objects do not fill the memory."""


def resampled(
    statistic: Callable[..., np.ndarray], *samples: np.ndarray, resamples: int = RESAMPLES, seed: int = SEED
) -> np.ndarray:
    """A statistic of as many objects, drawn with replacement, (resamples,) float64.

    Parameters
    ----------
    statistic
        Takes samples and the `axis` that runs over their objects.
    samples
        Numbers of the objects, (count,) each; the same objects are drawn of all.
    resamples, seed
        How often they are drawn, and by which chance.
    """
    from scipy.stats import bootstrap  # takes a second to import

    count = len(samples[0])
    if count < 2:  # which scipy refuses
        return np.full(resamples, statistic(*samples, axis=-1))
    batch, chance = max(1, CHUNK // count), np.random.default_rng(seed)
    settings: dict[str, Any] = {"paired": True, "vectorized": True, "method": "percentile", "batch": batch}
    draws: np.ndarray = bootstrap(
        samples, statistic, n_resamples=resamples, rng=chance, **settings
    ).bootstrap_distribution
    return draws


def resampled_means(values: np.ndarray, *, resamples: int = RESAMPLES, seed: int = SEED) -> np.ndarray:
    """Means of as many objects, drawn with replacement, (resamples,) float64.

    Examples
    --------
    >>> resampled_means(np.array([2.0, 2.0, 2.0]), resamples=4)
    array([2., 2., 2., 2.])
    """
    return resampled(np.mean, np.asarray(values, np.float64), resamples=resamples, seed=seed)


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
    intervals = {}
    for name, numbers in values.items():
        scale = len(numbers) if name.startswith("failures") else 1
        intervals[name] = percentiles(scale * resampled_means(numbers, seed=seed), level=level)
    return intervals


def percentiles(draws: np.ndarray, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval that holds the middle of bootstrap draws.

    Examples
    --------
    >>> percentiles(np.arange(401.0), level=0.5)
    (100.0, 300.0)
    """
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def mean_of_means(groups: Sequence[np.ndarray]) -> float:
    """Mean of the means of groups, such as domains: each counts the same, however many objects it has.

    Examples
    --------
    >>> mean_of_means([np.array([1.0, 1.0, 1.0]), np.array([0.0])])
    0.5
    """
    return float(np.mean([np.mean(group) for group in groups]))


def resampled_means_of_means(groups: Sequence[np.ndarray]) -> np.ndarray:
    """Bootstrap of `mean_of_means`, (resamples,) float64: objects are drawn anew within their group, groups stay.

    Examples
    --------
    >>> percentiles(resampled_means_of_means([np.array([1.0, 1.0]), np.array([0.0])]))
    (0.5, 0.5)
    """
    means: np.ndarray = np.mean([resampled_means(group, seed=SEED + n) for n, group in enumerate(groups)], axis=0)
    return means


def p_value(draws: np.ndarray, found: float) -> float:
    """Two-sided p-value for a mean of paired differences (Efron and Tibshirani 1993, section 16.4).

    Bootstrap draws of the mean are shifted to mean zero; the p-value is how often they are as far from zero as the one
    found. It is never below 1 / (resamples + 1).

    Parameters
    ----------
    draws
        Means of differences on objects drawn anew, (resamples,).
    found
        The mean of the differences.

    Examples
    --------
    >>> p_value(np.array([0.9, 1.0, 1.1]), 1.0)
    0.25
    """
    by_chance = np.abs(draws - found)
    return float((1 + np.count_nonzero(by_chance >= abs(found) - 1e-12)) / (1 + len(by_chance)))
