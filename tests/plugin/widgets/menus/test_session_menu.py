"""The button with the session menu, with answers given to its file dialogs."""

import os

import pytest
from qtpy.QtWidgets import QFileDialog
from tests.fakes import annotated, session_files_of, tube

from napari_simpleclick.data.click_files import read_clicks
from napari_simpleclick.plugin.widgets.dialogs import questions
from napari_simpleclick.plugin.widgets.menus.session_menu import SessionMenu


@pytest.fixture
def menu(qtbot, tmp_path):
    """The menu of a controller with one object; errors are collected."""
    controller, _ = annotated(tube(4))
    errors = []
    menu = SessionMenu(session_files_of(controller, tmp_path / "recovery"), errors.append)
    menu.errors, menu.controller = errors, controller
    qtbot.addWidget(menu)
    return menu


def choose(menu, monkeypatch, text, dialog, name):
    """Trigger an action of the menu, with a file name as the answer to its dialog."""
    monkeypatch.setattr(QFileDialog, dialog, lambda *_arguments: (str(name) if name else "", ""))
    (action,) = (action for action in menu.menu().actions() if action.text().startswith(text))
    action.trigger()


def test_session_is_saved_opened_and_its_clicks_exported(menu, monkeypatch, tmp_path):
    controller = menu.controller
    shown = controller.workspace.labels.data.copy()
    choose(menu, monkeypatch, "Save session", "getSaveFileName", tmp_path / "a")
    choose(menu, monkeypatch, "Export clicks", "getSaveFileName", tmp_path / "a.csv")
    assert len(read_clicks(tmp_path / "a.csv")) == 1
    controller.undo.undo()
    assert not controller.workspace.labels.data.any()
    choose(menu, monkeypatch, "Open session", "getOpenFileName", tmp_path / "a.simpleclick.json")
    assert (controller.workspace.labels.data == shown).all()
    assert menu.errors == []


def test_old_recovery_files_are_removed_after_a_question_only(menu):
    (action,) = (action for action in menu.menu().actions() if action.text().startswith("Remove old"))
    folder, asked = menu.files.autosave.folder, []
    folder.mkdir()
    paths = [folder / f"0123.{number:08d}.simpleclick.json" for number in range(1, 23)]
    for path in paths:
        path.write_text("much" if path in paths[:2] else "x")
        os.utime(path, (1e9, 1e9))
    for answer, left in ((False, paths), (True, [*paths[:2], *paths[-10:]])):
        menu.files.ask = lambda question, answer=answer: asked.append(question) or answer
        action.trigger()
        assert set(folder.glob("*.json")) == set(left), answer
    assert not list(folder.glob(".*00000005*")), "its lock is gone, too"
    assert asked[0].startswith("Remove 10 recovery files")


def test_cancelled_dialog_does_nothing(menu, monkeypatch, tmp_path):
    for text, dialog in (("Save", "getSaveFileName"), ("Open", "getOpenFileName"), ("Export", "getSaveFileName")):
        choose(menu, monkeypatch, text, dialog, None)
    assert menu.errors == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["Save session", "Export clicks"])
@pytest.mark.parametrize("agreed", [True, False])
def test_file_whose_name_is_completed_is_replaced_after_a_question_only(menu, monkeypatch, tmp_path, text, agreed):
    asked = []
    monkeypatch.setattr(questions, "ask", lambda _parent, question: asked.append(question) or agreed)
    (older,) = [tmp_path / ("a.simpleclick.json" if text == "Save session" else "a.csv")]
    older.write_text("older")
    choose(menu, monkeypatch, text, "getSaveFileName", tmp_path / "a")
    assert asked == [f"{older.name} already exists. Replace it?"]
    assert (older.read_text() == "older") is not agreed
    choose(menu, monkeypatch, text, "getSaveFileName", older)
    assert len(asked) == 1, "of a whole name the dialog has asked"


def test_folder_that_cannot_be_written_is_told(menu, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    choose(menu, monkeypatch, "Save session", "getSaveFileName", tmp_path / "file" / "a.simpleclick.json")
    assert "was not written" in str(menu.errors[0])
