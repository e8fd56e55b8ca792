"""The commands of `python -m blender_bridge`: their help, and the documents that tell of it."""

import re
from pathlib import Path

import pytest

from blender_bridge.pipeline.commands import COMMANDS, USAGE, main
from blender_bridge.pipeline.errors import ExitCode

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: The page of each command, in both languages.
PAGES = {
    "retarget": "retarget",
    "compare": "retarget",
    "make-avatar": "authoring",
    "batch": "batch",
}
LANGUAGES = ("", ".ja")
OPTION = re.compile(r"--[a-z][a-z-]*")


@pytest.fixture(autouse=True)
def backend():
    """Nothing here computes: once is enough."""


def test_the_usage_names_every_command(capsys):
    assert main(["--help"]) == ExitCode.DONE
    assert capsys.readouterr().out == f"{USAGE}\n"
    assert set(re.findall(r"^  ([a-z-]+) ", USAGE, re.MULTILINE)) == set(COMMANDS)
    assert main([]) == main(["dance"]) == ExitCode.USAGE
    assert "Error: there is no command 'dance'\nusage" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_and_documents_tell_every_option(name, language, capsys):
    assert main([name, "--help"]) == ExitCode.DONE
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    assert options
    assert not options - set(OPTION.findall(_page(PAGES[name], language)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exit_code_is_told(language):
    rows = re.findall(r"^\| (\d+) \|", _page("retarget", language), re.MULTILINE)
    assert [int(code) for code in rows] == list(ExitCode)


@pytest.mark.parametrize("page", ["retarget", "authoring"])
def test_both_languages_name_the_same_options_files_and_fields(page):
    english, japanese = (_page(page, language) for language in LANGUAGES)
    assert set(OPTION.findall(english)) == set(OPTION.findall(japanese))
    assert _names(english) == _names(japanese)


def _page(name, language):
    return (DOCS / f"{name}{language}.md").read_text(encoding="utf-8")


def _names(text):
    """What stands in code style and is one name: a field, a file, a bone."""
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([\w.*]+)`", without_blocks, re.ASCII))
