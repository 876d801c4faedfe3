"""The status line shows all of what it tells."""

import pytest

from napari_simpleclick.plugin.widgets.panels.status_line import StatusLine


@pytest.mark.parametrize("word", ["a" * 200, "/home/somebody/a_long_name_of_a_file_" * 5 + ".nii.gz"])
def test_long_names_go_on_in_the_next_line(qtbot, word):
    line = StatusLine(lambda: False)
    qtbot.addWidget(line)
    line.tell(f"Saved 1 object: {word}")
    assert line.text() == f"Saved 1 object: {word}"
    assert word in line.toolTip()
    letters = line.fontMetrics()
    assert line.heightForWidth(200) >= letters.horizontalAdvance(word) // 200 * letters.height()
