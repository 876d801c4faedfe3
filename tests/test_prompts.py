"""Prompts as values: which points they have, which line is drawn, which pixels they mark."""

from itertools import pairwise

import pytest

from napari_simpleclick.clicks import Click
from napari_simpleclick.prompts import Prompt, box, lasso, marked_pixels, path_of, scribble


def test_prompt_is_a_click_at_its_first_point():
    drawn = lasso([(4, 5), (4, 9), (8, 5)], positive=False)
    assert isinstance(drawn, Click)
    assert (drawn.row, drawn.col, drawn.positive) == (4, 5, False)
    assert drawn == lasso([(4, 5), (4, 9), (8, 5)], positive=False)
    assert drawn != Click(4, 5, positive=False)


def test_box_and_lasso_close_their_line_and_a_scribble_does_not():
    assert path_of(box((9, 8), (2, 3))) == ((9, 8), (9, 3), (2, 3), (2, 8), (9, 8))
    assert path_of(lasso([(0, 0), (0, 4), (4, 0)]))[-1] == (0, 0)
    assert path_of(scribble([(0, 0), (0, 4)])) == ((0, 0), (0, 4))
    assert path_of(Click(1.5, 2)) == ((1.5, 2),)


def test_scribble_marks_pixels_along_its_line_and_outlines_mark_none():
    pixels = marked_pixels(scribble([(0, 0), (0, 10), (10, 10)]))
    assert pixels[0] == (0, 0)
    assert (0, 10) in pixels
    assert pixels[-1] == (10, 10)
    assert all(abs(a - c) + abs(b - d) <= 4 for (a, b), (c, d) in pairwise(pixels))
    assert marked_pixels(box((0, 0), (9, 9))) == marked_pixels(lasso([(0, 0), (0, 4), (4, 0)])) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: scribble([]), "A scribble has at least 1 points, got 0"),
        (lambda: lasso([(0, 0), (1, 1)]), "A lasso has at least 3 points, got 2"),
        (lambda: Prompt(0, 0, True, "box", ((0, 0), (1, 1), (2, 2))), "A box has two opposite corners, got 3"),
        (lambda: box((0, 0), (float("nan"), 1)), "Expected rows and columns as numbers"),
    ],
)
def test_prompts_without_a_meaning_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
