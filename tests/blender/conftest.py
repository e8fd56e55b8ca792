"""Blender tests: run by a Python that has ``bpy``, or inside Blender by run_in_blender.py."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets"), str(ROOT / "tests" / "blender")]

bpy = pytest.importorskip("bpy")


@pytest.fixture(autouse=True)
def empty_scene():
    """Each test begins with an empty file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def pytest_sessionfinish(session, exitstatus):
    session.config.hemline_exit_status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Leaves at once: the ``bpy`` module can crash while the interpreter shuts down."""
    sys.stdout.flush()
    sys.stderr.flush()
    if config.option.collectonly is False and hasattr(config, "hemline_exit_status"):
        os._exit(config.hemline_exit_status)
