"""Intervals and p-values behave as statistics say."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from napari_simpleclick.evaluation.reports import bootstrap
from napari_simpleclick.evaluation.reports.bootstrap import (
    confidence_intervals,
    p_value,
    resampled_means,
    resampled_means_of_means,
)


def test_interval_of_many_normal_numbers_is_the_textbook_one():
    values = np.random.default_rng(1).normal(0.8, 0.1, 400)
    low, high = confidence_intervals({"mIoU@1": values})["mIoU@1"]
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_failures_are_counted_not_averaged():
    low, high = confidence_intervals({"failures@90": np.array([True] * 10 + [False] * 90)})["failures@90"]
    assert 3 <= low < 10 < high <= 18


def test_single_object_has_an_interval_of_no_width():
    assert confidence_intervals({"mIoU@1": np.array([0.7])})["mIoU@1"] == pytest.approx((0.7, 0.7))


def test_p_value_is_near_that_of_the_paired_t_test():
    generator = np.random.default_rng(2)
    first = generator.normal(0.8, 0.1, 200)
    second = first + generator.normal(0.004, 0.03, 200)
    draws = resampled_means(first - second)
    assert p_value(draws, (first - second).mean()) == pytest.approx(ttest_rel(first, second).pvalue, abs=0.03)


def test_constant_difference_is_no_chance():
    assert p_value(resampled_means(np.full(30, 0.05)), 0.05) < 0.001


def test_mean_of_domains_is_as_uncertain_as_its_domains_together():
    generator = np.random.default_rng(3)
    domains = [generator.normal(0.5, spread, 200) for spread in (0.1, 0.3)]
    draws = resampled_means_of_means(domains)
    expected = np.sqrt(sum(domain.var() / 200 for domain in domains)) / 2
    assert draws.mean() == pytest.approx(np.mean([domain.mean() for domain in domains]), abs=0.002)
    assert draws.std() == pytest.approx(expected, rel=0.05)


def test_draws_in_chunks_are_as_many_as_asked_for(monkeypatch):
    monkeypatch.setattr(bootstrap, "CHUNK", 50)
    assert resampled_means(np.arange(20.0), resamples=7).shape == (7,)
