"""Sections of the dock that are folded: out of sight, and out of the way of the tabulator."""

from qtpy.QtWidgets import QPushButton

from napari_simpleclick.plugin.widgets.folded import Folded
from napari_simpleclick.plugin.widgets.scroll_column import ScrollColumn


def stops(column):
    """Where the tabulator stops in a column."""
    found, child = [], column.nextInFocusChain()
    while child is not column:
        if column.isAncestorOf(child) and child.isVisible() and child.focusPolicy().value & 1:
            found.append(child)
        child = child.nextInFocusChain()
    return found


def test_the_tabulator_goes_through_a_section_only_while_it_is_open(qtbot):
    above, inside = QPushButton("above"), QPushButton("inside")
    section = Folded("Settings", inside)
    column = ScrollColumn(above, section, stretched=above)
    qtbot.addWidget(column)
    column.show()
    assert not column.focusPolicy().value & 1
    assert stops(column) == [above, section.toggleButton()]
    section.toggleButton().click()
    assert stops(column) == [above, section.toggleButton(), inside]
    assert inside.height() > 0
    section.toggleButton().click()
    assert stops(column) == [above, section.toggleButton()]
    section.expand(animate=False)
    assert inside in stops(column)
