"""The zips under test, and the Blenders they go into; `cargo xtask test package` names both."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IN_BLENDER = Path(__file__).with_name("in_blender.py")

sys.path.insert(0, str(Path(__file__).parent))


def blenders():
    """`VERSION=COMMAND` lines of `HEMLINE_BLENDERS`: a Python with bpy, or an executable."""
    lines = os.environ.get("HEMLINE_BLENDERS", "").splitlines()
    return dict(line.split("=", 1) for line in lines)


def pytest_generate_tests(metafunc):
    if "blender" in metafunc.fixturenames:
        metafunc.parametrize("blender", blenders().items(), ids=lambda item: item[0], indirect=True)


@pytest.fixture(scope="session")
def packages():
    """The folder with the zips."""
    return Path(os.environ["HEMLINE_PACKAGE"])


def the_zip(packages, kind):
    """The all-in-one `extension`, the `legacy` add-on, or one `platform`'s extension."""
    patterns = {"extension": "hemline-?.?.?.zip", "legacy": "*-legacy.zip", "platform": "*_x64.zip"}
    (found,) = packages.glob(patterns[kind])
    return found


class Blender:
    """A Blender with a profile of its own."""

    def __init__(self, version, command, profile):
        self.is_module = version != "executable"
        self._command = [command]
        if not self.is_module:
            self._command += ["--background", "--python-exit-code", "1", "--python"]
        self._profile = profile

    def zip_of(self, packages):
        """The zip that this Blender takes."""
        return the_zip(packages, "extension" if self.is_module else "legacy")

    @property
    def extension_command(self):
        """The start of Blender's own command line for extensions; None where it has none."""
        if not self.is_module:
            return None
        modules = Path(self._command[0]).parents[1] / "lib"
        (script,) = modules.glob(
            "python*/site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/*_ext.py"
        )
        return [*self._command, str(script)]

    @property
    def installed(self):
        """Where the add-on lies after it is installed."""
        place = "extensions/user_default" if self.is_module else "scripts/addons"
        return self._profile / place / "hemline"

    def run(self, *steps):
        """What each step found (see in_blender.py), in a new process."""
        results = self._profile / "results.json"
        results.unlink(missing_ok=True)
        done = self.run_script(IN_BLENDER, results, *steps)
        assert done.returncode == 0 and results.exists(), done.stdout
        return json.loads(results.read_text())

    def run_script(self, script, *arguments):
        """A Python script in a new process, which sees nothing of the checkout."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HEMLINE")
        }
        environment.pop("PYTHONPATH", None)
        environment |= {
            "BLENDER_USER_RESOURCES": str(self._profile),
            "BLENDER_USER_CONFIG": str(self._profile / "config"),
            "BLENDER_USER_SCRIPTS": str(self._profile / "scripts"),
        }
        return subprocess.run(
            [*self._command, str(script), "--", *map(str, arguments)],
            cwd=self._profile,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def folder(tmp_path):
    """A folder whose name is not ASCII, as users' own names often are."""
    path = tmp_path / "Änne 服"
    path.mkdir()
    return path


@pytest.fixture
def blender(request, folder):
    """A Blender with an empty profile."""
    profile = folder / "profile"
    (profile / "config").mkdir(parents=True)
    (profile / "scripts").mkdir()
    return Blender(*request.param, profile)
