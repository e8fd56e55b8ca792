"""The commands of `python -m blender_bridge`: their help, and the documents that tell of it."""

import re
from pathlib import Path

import pytest

from blender_bridge.pipeline.commands import COMMANDS, USAGE, main
from blender_bridge.pipeline.errors import ExitCode

DOCS = Path(__file__).resolve().parents[2] / "docs"
DOCUMENTS = {
    "retarget": ["retarget.md"],
    "compare": ["retarget.md"],
    "make-avatar": [],  # authoring.md leaves the list to `--help`
    "batch": ["batch.md", "batch.ja.md"],
}


@pytest.fixture(autouse=True)
def backend():
    """Nothing here computes: once is enough."""


def test_the_usage_names_every_command(capsys):
    assert main(["--help"]) == ExitCode.DONE
    assert capsys.readouterr().out == f"{USAGE}\n"
    assert set(re.findall(r"^  ([a-z-]+) ", USAGE, re.MULTILINE)) == set(COMMANDS)
    assert main([]) == main(["dance"]) == ExitCode.USAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_help_and_documents_tell_every_option(name, capsys):
    assert main([name, "--help"]) == ExitCode.DONE
    options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    assert options
    for document in DOCUMENTS[name]:
        text = (DOCS / document).read_text(encoding="utf-8")
        told = set(re.findall(r"--[a-z-]+", text))
        assert not options - told, document
