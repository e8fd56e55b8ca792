"""What the zips hold, judged by Blender's own commands for extensions."""

import ast
import subprocess
import zipfile

import pytest
from conftest import ROOT, the_zip

PERMISSIONS = ["files"]


def names(path):
    return zipfile.ZipFile(path).namelist()


@pytest.mark.parametrize("kind", ["extension", "platform"])
def test_blender_accepts_the_extension(extension_command, packages, kind):
    extension_command("validate", the_zip(packages, kind))


def test_blenders_own_build_takes_the_same_files(extension_command, packages, tmp_path):
    built = tmp_path / "built.zip"
    source = ROOT / "blender_bridge"
    extension_command("build", "--source-dir", source, "--output-filepath", built)
    assert {name for name in names(built) if not name.startswith("lib/")} == {
        name
        for name in names(the_zip(packages, "extension"))
        if not name.startswith(("lib/", "licenses/"))
    }


@pytest.mark.parametrize("kind", ["extension", "platform", "legacy"])
def test_nothing_but_the_add_on_is_inside(packages, kind):
    prefix = "hemline/" if kind == "legacy" else ""
    found = names(the_zip(packages, kind))
    assert found == sorted(found)
    assert all(name.startswith(prefix) for name in found)
    inside = {name.removeprefix(prefix) for name in found}
    assert {"__init__.py", "LICENSE", "addon/panel.py", "pipeline/page.html"} <= inside
    assert {f"licenses/library/{name}" for name in ("LICENSE-MIT", "THIRD-PARTY.txt")} <= inside
    assert ("blender_manifest.toml" in inside) == (kind != "legacy")
    unwanted = ("demo/", "tests/", "__pycache__", ".pyc", "/.")
    assert not [name for name in inside if any(part in name for part in unwanted)]


def test_no_permission_that_is_not_needed(packages):
    with zipfile.ZipFile(the_zip(packages, "extension")) as extension:
        manifest = extension.read("blender_manifest.toml").decode()
        sources = [extension.read(name).decode() for name in names(extension.filename)
                   if name.endswith(".py")]  # fmt: skip
    table = manifest.split("[permissions]\n")[1].split("\n\n")[0]
    assert [line.split(" = ")[0] for line in table.strip().splitlines()] == PERMISSIONS
    modules = {module for source in sources for module in imported(source)}
    assert not modules & {"socket", "urllib", "http", "requests", "ssl", "ftplib"}
    assert not [source for source in sources if "clipboard" in source]


def imported(source):
    """Top-level names of the modules that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@pytest.fixture
def extension_command(blender):
    """Runs Blender's `extension` command."""
    if not blender.extension_command:
        pytest.skip("Blender before 4.2 knows no extensions")

    def run(*arguments):
        command = [*blender.extension_command, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return run
