import numpy as np

from napari_simpleclick.training.sections import Sections, choose_target, draw_grazed, draw_section


def test_the_same_generator_draws_the_same_section():
    first, second = (Sections().example(np.random.default_rng(5), 128) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.target, second.target)


def test_organelles_lie_inside_of_one_cell_and_do_not_overlap():
    for seed in range(8):
        section = draw_section(np.random.default_rng(seed), 160)
        organelles = [*section.mitochondria, *section.others]
        assert organelles
        assert np.sum(organelles, axis=0).max() == 1
        for mask in organelles:
            assert np.unique(section.cells[mask]).size == 1
            assert section.depth[mask].min() > 1


def test_a_mitochondrion_has_a_dark_rim_or_another_shade_than_its_cell():
    differences = []
    for seed in range(30):
        section = draw_section(np.random.default_rng(seed), 160)
        inside = np.any(section.mitochondria, axis=0)
        around = (section.depth > 4) & ~inside & np.isin(section.cells, section.cells[inside])
        if around.any():
            differences.append(abs(section.picture[inside].mean() - section.picture[around].mean()))
    assert len(differences) > 20
    assert np.median(differences) > 0.1


def test_targets_are_organelles_in_most_cases():
    organelles = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        section = draw_section(rng, 96)
        target = choose_target(rng, section)
        organelles += target is not None and any(np.array_equal(target, mask) for mask in section.mitochondria)
    assert 25 < organelles < 50


def test_a_mitochondrion_cut_at_its_end_fades_into_its_cell():
    section = draw_section(np.random.default_rng(3), 160)
    section.cells[:] = 1
    section.cells[:, 100:] = 2
    section.picture[:] = 0.7
    section.radius = 20
    rows, cols = np.mgrid[:160, :160]
    apart = np.hypot(rows - 80, cols - 80)
    draw_grazed(np.random.default_rng(0), section, apart < 18, shade=-0.3)
    darker = 0.7 - section.picture
    own = section.cells == 1
    middle, edge, beyond = (darker[own & (low <= apart) & (apart < low + 2)].mean() for low in (0, 17, 50))
    assert middle > 0.15
    assert 0.3 * middle < edge < 0.7 * middle
    assert abs(beyond) < 0.05 * middle
    assert not darker[~own].any()
