# SPDX-License-Identifier: GPL-3.0-or-later
"""A library that is missing, broken or of another version: NumPy serves, and the reason is told."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import blender_bridge as hemline
from blender_bridge import backend as choice
from blender_bridge.native import declarations, loader

COMPILER = shutil.which("cc")
FOREIGN_COMPILER = shutil.which("aarch64-linux-gnu-gcc")
# Loading does not depend on the back end that other tests run on.
pytestmark = pytest.mark.usefixtures("any_backend")


@pytest.fixture
def any_backend(backend, monkeypatch):
    if backend != "fallback":
        pytest.skip("runs once")
    monkeypatch.setattr(choice, "_choice", None)
    monkeypatch.setattr(choice, "_warned", set())
    monkeypatch.delenv("HEMLINE_BACKEND", raising=False)


@pytest.fixture
def real_library():
    return loader.library().path


def compiled(folder, abi, version, functions=(), flags=(), compiler=COMPILER):
    """A small library that says it is hemline."""
    source = folder / "fake.c"
    source.write_text(
        f"unsigned hem_abi_version(void) {{ return {abi}; }}\n"
        f'const char *hem_version_string(void) {{ return "{version}"; }}\n'
        + "".join(f"int {name}(void) {{ return 0; }}\n" for name in functions)
    )
    library = folder / "libfake.so"
    subprocess.run([compiler, "-shared", "-fPIC", *flags, "-o", library, source], check=True)
    return library


def fall_back(monkeypatch, library):
    """Status after a start with this library; there is one warning, with the reason."""
    monkeypatch.setenv("HEMLINE_LIBRARY", str(library))
    with pytest.warns(RuntimeWarning, match="hemline computes with NumPy") as warned:
        status = hemline.status()
    assert len(warned) == 1 and status.reason in str(warned[0].message)
    assert status.backend == "fallback" and status.library_path is None
    assert hemline.distances([0, 0, 0], [[3, 4, 0]]).tolist() == [5.0]
    return status.reason


def test_missing_file(monkeypatch, tmp_path):
    reason = fall_back(monkeypatch, tmp_path / "libhemline.so")
    assert reason.endswith("libhemline.so does not exist")


@pytest.mark.parametrize("kept", [10, 100, 2000, 0.5, 0.9, -1])
def test_truncated_file(monkeypatch, tmp_path, real_library, kept):
    whole = real_library.read_bytes()
    broken = tmp_path / "libhemline.so"
    broken.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    assert "cannot be loaded" in fall_back(monkeypatch, broken)


def test_empty_file(monkeypatch, tmp_path):
    empty = tmp_path / "libhemline.so"
    empty.touch()
    assert "cannot be loaded" in fall_back(monkeypatch, empty)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ELF header")
def test_wrong_architecture(monkeypatch, tmp_path, real_library):
    foreign = bytearray(real_library.read_bytes())
    foreign[18:20] = (8).to_bytes(2, "little")  # e_machine: MIPS
    library = tmp_path / "libhemline.so"
    library.write_bytes(foreign)
    assert "cannot be loaded" in fall_back(monkeypatch, library)


@pytest.mark.skipif(FOREIGN_COMPILER is None, reason="needs aarch64-linux-gnu-gcc")
@pytest.mark.skipif(platform.machine() == "aarch64", reason="needs another machine")
def test_library_for_another_processor(monkeypatch, tmp_path):
    library = compiled(
        tmp_path, declarations.HEM_ABI_VERSION, hemline.__version__, compiler=FOREIGN_COMPILER
    )
    assert "cannot be loaded" in fall_back(monkeypatch, library)


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_other_abi(monkeypatch, tmp_path):
    library = compiled(tmp_path, declarations.HEM_ABI_VERSION + 1, hemline.__version__)
    reason = fall_back(monkeypatch, library)
    wanted = declarations.HEM_ABI_VERSION
    assert reason == f"{library} has ABI version {wanted + 1}, expected {wanted}"


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_other_version(monkeypatch, tmp_path):
    library = compiled(tmp_path, declarations.HEM_ABI_VERSION, "9.9.9")
    reason = fall_back(monkeypatch, library)
    assert reason.endswith(f"has version 9.9.9, expected {hemline.__version__}")


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_missing_function(monkeypatch, tmp_path):
    library = compiled(
        tmp_path, declarations.HEM_ABI_VERSION, hemline.__version__, ["hem_last_error_message"]
    )
    assert "does not export hem_" in fall_back(monkeypatch, library)


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_another_library_altogether(monkeypatch, tmp_path):
    source = tmp_path / "other.c"
    source.write_text("int other(void) { return 0; }\n")
    library = tmp_path / "libother.so"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, source], check=True)
    reason = fall_back(monkeypatch, library)
    assert reason.endswith("libother.so does not export hem_abi_version")


def test_a_demanded_library_that_fails_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("HEMLINE_LIBRARY", str(tmp_path / "nothing.so"))
    with pytest.raises(hemline.BackendUnavailable, match=r"nothing\.so does not exist"):
        hemline.use_backend("native")


def test_a_released_library_comes_before_a_built_one(monkeypatch, tmp_path, real_library):
    monkeypatch.delenv("HEMLINE_LIBRARY", raising=False)
    monkeypatch.setattr(loader, "PACKAGE", tmp_path / "blender_bridge")
    assert list(loader.candidates()) == []
    with pytest.raises(loader.LibraryUnusable, match="no library in"):
        loader.library()
    released = loader._package_folder() / f"libhemline-{hemline.__version__}.so"
    built = tmp_path / "target" / "release" / "libhemline.so"
    for path in (built, released):
        path.parent.mkdir(parents=True)
        shutil.copy(real_library, path)
    if sys.platform.startswith("linux"):
        assert list(loader.candidates()) == [released, built]
        released.write_bytes(b"broken")
        assert loader.library().path == built


def test_the_package_has_the_version_of_the_header():
    parts = (declarations.HEM_VERSION_MAJOR, declarations.HEM_VERSION_MINOR)
    assert hemline.__version__ == ".".join(map(str, (*parts, declarations.HEM_VERSION_PATCH)))


def test_the_version_is_written_once_more_in_the_manifest():
    manifest = (Path(hemline.__file__).parent.parent / "Cargo.toml").read_text()
    assert f'\nversion = "{hemline.__version__}"\n' in manifest
