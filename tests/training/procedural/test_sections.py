import numpy as np

from napari_simpleclick.training.procedural.sections import Sections, choose_target, draw_section


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
