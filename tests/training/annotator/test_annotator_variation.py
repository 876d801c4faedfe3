import numpy as np

from napari_simpleclick.training.annotator.annotator_variation import drawn_by_hand

ROWS, COLS = np.mgrid[:240, :240]
DISK = (ROWS - 120) ** 2 + (COLS - 100) ** 2 < 50**2


def test_a_drawn_mask_is_near_the_border_and_not_on_it():
    drawn = [drawn_by_hand(np.random.default_rng(seed), DISK) for seed in range(20)]
    shared = np.array([(mask & DISK).sum() / (mask | DISK).sum() for mask in drawn])
    assert shared.min() > 0.6
    assert np.median(shared) < 0.98
    assert all(mask[120, 100] for mask in drawn)


def test_thin_objects_stay():
    thin = np.abs(ROWS - COLS) < 2
    for seed in range(20):
        drawn = drawn_by_hand(np.random.default_rng(seed), thin)
        assert (drawn & thin).sum() > 0.4 * thin.sum()


def test_a_single_pixel_does_not_vanish():
    dot = np.zeros((30, 30), bool)
    dot[4, 7] = True
    assert all(drawn_by_hand(np.random.default_rng(seed), dot).any() for seed in range(20))


def test_people_draw_too_wide_and_too_narrow():
    sizes = [drawn_by_hand(np.random.default_rng(seed), DISK).sum() for seed in range(40)]
    assert min(sizes) < 0.95 * DISK.sum()
    assert max(sizes) > 1.05 * DISK.sum()
