"""What commands print: brackets as they are, mistakes as messages, Ctrl+C in one line."""

import io
import os
import signal
import subprocess
import sys

import pytest
from rich.console import Console
from rich.table import Table

from napari_simpleclick.cli.errors import INTERRUPTED, plain_console, say, told_as_messages

CURE = 'pip install "napari-simpleclick[train]"'


@pytest.mark.parametrize("error", [ValueError, OSError, ModuleNotFoundError, FloatingPointError])
def test_cure_with_brackets_is_shown_whole(error, capsys):
    with pytest.raises(SystemExit, match="2"), told_as_messages():
        raise error(f"torch is missing: {CURE} [/red] [bold]")
    said = capsys.readouterr().err
    assert f"{CURE} [/red] [bold]" in said
    assert "Traceback" not in said


def test_names_with_brackets_are_shown_in_tables_and_lines(capsys):
    console = plain_console()
    table = Table(title="[a]")
    table.add_column("[b]")
    table.add_row("[link=file:///etc]c[/link] :smile:")
    console.print(table)
    say(console, "Notice:", "yellow", "[d]")
    said = capsys.readouterr().out
    assert all(name in said for name in ("[a]", "[b]", "[link=file:///etc]c[/link] :smile:", "[d]"))


def test_control_characters_of_names_and_headers_do_not_reach_the_terminal(capsys):
    evil = "a\x1b]52;c;YQ==\x07\x1b[2J\x9b31m\r.tif"
    console, table = plain_console(), Table(title=evil)
    table.add_column(evil)
    table.add_row(evil)
    console.print(table)
    console.print(evil, style="yellow", markup=False)
    say(console, "Notice:", "yellow", evil)
    with pytest.raises(SystemExit), told_as_messages():
        raise ValueError(evil)
    told = capsys.readouterr()
    assert not set(told.out + told.err) & {"\x1b", "\x07", "\x9b", "\r"}
    assert "a␛]52;c;YQ==␇␛[2J" in told.err


def test_said_word_is_coloured_whatever_console_is_used():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    say(console, "Notice:", "yellow", "[red]")
    assert "\x1b[33mNotice:" in console.file.getvalue()
    assert "[red]" in console.file.getvalue()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_is_one_line_and_status_130():
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which shells ignore in "&"
        "from napari_simpleclick.cli.errors import told_as_messages\n"
        "with told_as_messages('Results are in a.jsonl.'): print('in', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == INTERRUPTED
    assert said == "Stopped. Results are in a.jsonl.\n"
