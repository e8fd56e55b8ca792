"""Each zip through Blender's own installer, in a clean profile: used, updated, removed."""

import shutil
import subprocess
import sys

from changed_zips import library_of, with_library, with_version
from conftest import ROOT

SAMPLE = ROOT / "tests" / "assets" / "retarget"
NEXT = "9.8.7"


def assert_transferred(result):
    assert result["ended"] == ["FINISHED"]
    assert result["error"] < 1e-3


def assert_native(result, blender, version):
    assert result["backend"] == "native", result["reason"]
    assert result["version"] == result["library_version"] == version
    assert result["folder"] == str(blender.installed)
    assert result["library_path"].startswith(f"{blender.installed}/lib/")
    assert result["library_path"].endswith(f"-{version}.so")
    assert any(text.startswith(f"hemline {version}, ") for text in result["texts"])


def test_install_update_and_remove(blender, packages, folder):
    current = blender.zip_of(packages)
    version = current.name.split("-")[1].removesuffix(".zip")
    newer = with_version(current, folder / f"hemline-{NEXT}.zip", NEXT)

    found = blender.run(
        f"install={current}", "status", "transfer", f"check_retarget={SAMPLE}",
        # The library is loaded: its successor has another file name.
        f"install={newer}", "status", "transfer", "disable", "enable", "status", "transfer", "save",
    )  # fmt: skip
    _, status, transferred, checked, _, now, updated, disabled, _, renewed, again, _ = found
    assert_native(status, blender, version)
    assert_transferred(transferred)
    assert checked["ended"] == ["FINISHED"]
    if blender.is_module:  # before 4.2 an update takes effect when the add-on is enabled again
        assert_native(now, blender, NEXT)
    assert_transferred(updated)
    assert not disabled["operators"]
    assert_native(renewed, blender, NEXT)
    assert_transferred(again)

    # The scripts start where the package has another name than in the checkout.
    script = [sys.executable, blender.installed / "make_avatar.py", "--", "--help"]
    help_text = subprocess.run(script, cwd="/", capture_output=True, text=True, check=True).stdout
    assert "--source" in help_text

    # Blender begins anew; the stored preferences say that the add-on is enabled.
    found = blender.run("restore", "status", "transfer", "disable", "remove", "save")
    _, status, transferred, *_ = found
    assert_native(status, blender, NEXT)
    assert_transferred(transferred)
    assert not blender.installed.exists()


#: For the library of a wrong architecture; without it that case is left out.
OTHER_COMPILER = "aarch64-linux-gnu-gcc"


def stub(compiler, folder):
    """The bytes of a small library that says it has another ABI version."""
    source, library = folder / "stub.c", folder / f"{compiler}.so"
    source.write_text("unsigned hem_abi_version(void) { return 4000; }\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    return library.read_bytes()


def unusable_libraries(whole, folder):
    """Libraries by what is wrong with them, with the reason that a user must read."""
    cases = [
        (None, "no library in "),
        (whole[: len(whole) // 2], "the file is cut off"),
        (b"no library at all", "cannot be loaded"),
    ]
    if shutil.which(OTHER_COMPILER):
        cases.append((stub(OTHER_COMPILER, folder), "cannot be loaded"))
    # The last, as it does load: the system keeps it for the rest of the process.
    return [*cases, (stub("cc", folder), "has ABI version 4000, expected ")]


def test_unusable_libraries_leave_numpy_and_the_reason(blender, packages, folder):
    current = blender.zip_of(packages)
    faults = unusable_libraries(library_of(current), folder)
    zips = [
        with_library(current, folder / f"hemline-fault-{number}.zip", library)
        for number, (library, _) in enumerate(faults)
    ]
    steps = [step for path in zips for step in (f"install={path}", "status", "transfer", "remove")]
    found = blender.run(*steps)
    for (_, reason), status, transferred in zip(faults, found[1::4], found[2::4]):
        assert status["backend"] == "fallback"
        assert reason in status["reason"]
        assert str(blender.installed) in status["reason"]
        assert status["reason"] in status["texts"]
        assert_transferred(transferred)
    assert not blender.installed.exists()
