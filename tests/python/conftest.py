# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test that takes `backend` runs on the native library and on both forms of the fallback."""

import pytest

import blender_bridge
from blender_bridge import backend as choice
from blender_bridge.fallback import scipy_support

BACKENDS = ("native", "fallback", "fallback-without-scipy")


@pytest.fixture(params=BACKENDS, autouse=True)
def backend(request, monkeypatch):
    """The back end in use; `native` fails where there is no library to test."""
    name = request.param
    if name == "fallback-without-scipy":
        without = {"spatial", "sparse"}.__contains__
        real = scipy_support.scipy_module
        missing = lambda module: None if without(module) else real(module)  # noqa: E731
        for user in ("spatial", "smoothing"):
            monkeypatch.setattr(f"blender_bridge.fallback.{user}.scipy_module", missing)
    monkeypatch.setattr(choice, "_choice", None)
    blender_bridge.use_backend(name.split("-")[0])
    blender_bridge.cache_clear()
    return name
