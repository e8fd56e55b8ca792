"""Uses a release's native archive as its users do, on the platform that it is for.

    python tests/platforms/try_archive.py ARCHIVE [--compiler cc] [--pytest [FILE ...]]

Unpacks it, compiles the C tests against nothing but what is in it, linked to the shared library,
and runs them; `--pytest` also runs the Python API's tests of the native back end with its library,
all of them unless files are named.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("archive", type=Path)
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--pytest", nargs="*", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(options.archive, folder)
        (prefix,) = Path(folder).iterdir()
        run_c_tests(prefix, options.compiler)
        if options.pytest is not None:
            run_python_tests(shared_library(prefix), options.pytest or ["tests/python"])


def shared_library(prefix: Path) -> Path:
    """The one file that a loader opens."""
    names = {"win32": "bin/hemline.dll", "darwin": "lib/libhemline.dylib"}
    return prefix / names.get(sys.platform, "lib/libhemline.so")


def run_c_tests(prefix: Path, compiler: str) -> None:
    program = prefix / "c-tests.exe"
    library = shared_library(prefix)
    linked, more = library, ["-lm", f"-Wl,-rpath,{library.parent}"]
    if sys.platform == "win32":
        # Windows finds a DLL beside the program, and mingw's own libraries nowhere.
        shutil.copy(library, prefix)
        linked, more = prefix / "lib" / "hemline.lib", ["-static"]
    sources = sorted((ROOT / "tests" / "c").glob("*.c"))
    flags = ["-std=c11", "-O1", "-pthread", "-D__USE_MINGW_ANSI_STDIO=1"]
    include = ["-I", prefix / "include"]
    subprocess.run([compiler, *flags, *include, *sources, "-o", program, linked, *more], check=True)
    subprocess.run([program], check=True)


def run_python_tests(library: Path, files: list[str]) -> None:
    environment = {**os.environ, "HEMLINE_LIBRARY": str(library)}
    tests = [sys.executable, "-m", "pytest", "--quiet", "-k", "native", *files]
    subprocess.run(tests, check=True, cwd=ROOT, env=environment)


if __name__ == "__main__":
    main()
