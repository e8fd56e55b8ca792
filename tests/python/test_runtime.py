# SPDX-License-Identifier: GPL-3.0-or-later
"""Status, settings, the choice of the back end, progress and cancellation."""

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

import blender_bridge as hemline

ROOT = Path(hemline.__file__).resolve().parent.parent
POINTS = np.random.default_rng(2).random((3000, 3), dtype=np.float32)
WEIGHTS = np.random.default_rng(3).random((3000, 4), dtype=np.float32)
EDGES = np.random.default_rng(4).integers(0, 3000, (9000, 2))
CORNERS = np.arange(2900)
# Small triangles, as those of a mesh.
SURFACE_POINTS = np.sort(POINTS, axis=0)
TRIANGLES = np.stack([CORNERS, CORNERS + 1, CORNERS + 2], axis=1)


def test_status_tells_what_runs(backend):
    status = hemline.status()
    assert status.backend == backend.split("-")[0]
    assert status.version == hemline.__version__ and status.numpy == np.__version__
    assert status.reason
    if status.backend == "native":
        assert Path(status.library_path).is_file()
        assert status.library_version == hemline.__version__ and status.abi >= 1
        assert status.cpu_features in ("avx512", "avx2", "neon", "scalar")
    else:
        assert status.library_path is None and status.cpu_features == "numpy"


def test_settings_are_kept_and_restored():
    default = hemline.thread_count()
    try:
        hemline.set_thread_count(3)
        assert hemline.thread_count() == 3 == hemline.status().threads
        hemline.set_memory_budget(12345)
        assert hemline.memory_budget() == 12345
        hemline.set_batch_size(77)
        assert hemline.batch_size() == 77
    finally:
        hemline.set_thread_count(0)
        hemline.set_memory_budget(0)
        hemline.set_batch_size(0)
    assert hemline.thread_count() == default
    assert hemline.memory_budget() == 1 << 30
    assert hemline.batch_size() == 0


def test_threads_and_batches_do_not_change_results():
    expected = hemline.smooth_weights(POINTS, WEIGHTS, radius=0.05)
    try:
        for threads, batch in ((1, 0), (2, 7), (8, 1000)):
            hemline.set_thread_count(threads)
            hemline.set_batch_size(batch)
            found = hemline.smooth_weights(POINTS, WEIGHTS, radius=0.05)
            np.testing.assert_array_equal(found, expected)
    finally:
        hemline.set_thread_count(0)
        hemline.set_batch_size(0)


LONG_CALLS = {
    "smooth_weights": lambda **options: hemline.smooth_weights(
        POINTS, WEIGHTS, radius=0.05, iterations=3, **options
    ),
    "max_filter": lambda **options: hemline.max_filter(POINTS, WEIGHTS, **options),
    "min_filter": lambda **options: hemline.min_filter(POINTS, WEIGHTS, **options),
    "decaying_max": lambda **options: hemline.decaying_max(POINTS, WEIGHTS, **options),
    "smooth_weights_on_edges": lambda **options: hemline.smooth_weights_on_edges(
        EDGES, WEIGHTS, 0.5, 5, **options
    ),
    "transfer_weights": lambda **options: (
        hemline.transfer_weights(
            hemline.Surface(SURFACE_POINTS, TRIANGLES), WEIGHTS, POINTS, **options
        ).weights
    ),
}


@pytest.mark.parametrize("name", LONG_CALLS)
def test_progress_rises_and_changes_nothing(name):
    call = LONG_CALLS[name]
    seen = []
    found = call(progress=seen.append)
    np.testing.assert_array_equal(found, call())
    assert seen == sorted(seen) and all(0 <= fraction <= 1 for fraction in seen)
    # A call may stop to report when it begins to write its outputs.
    assert seen[-1] > 0.7


@pytest.mark.parametrize("name", LONG_CALLS)
def test_cancelled_calls_write_nothing(name):
    call = LONG_CALLS[name]
    out = np.full(WEIGHTS.shape, 7, np.float32)
    with pytest.raises(hemline.Cancelled, match="cancelled by the caller"):
        call(progress=lambda _: False, out=out)
    assert (out == 7).all()

    flag = hemline.CancelFlag()
    flag.set()
    with pytest.raises(hemline.Cancelled):
        call(cancel=flag, out=out)
    assert (out == 7).all()
    flag.clear()
    call(cancel=flag, out=out)
    assert not (out == 7).all()

    def fail(_):
        raise KeyError("from the callback")

    with pytest.raises(KeyError, match="from the callback"):
        call(progress=fail)


def test_flags_cancel_from_other_threads():
    flag = hemline.CancelFlag()
    timer = threading.Timer(0.05, flag.set)
    timer.start()
    with pytest.raises(hemline.Cancelled):
        hemline.smooth_weights(POINTS, WEIGHTS, radius=0.1, iterations=100_000, cancel=flag)
    timer.join()


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )


def test_importing_is_light():
    code = "import sys, blender_bridge; print([m for m in ('bpy', 'scipy') if m in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"


def test_the_environment_chooses_the_back_end(backend):
    code = "import blender_bridge; print(blender_bridge.status().backend)"
    wanted = backend.split("-")[0]
    assert run_python(code, HEMLINE_BACKEND=wanted).stdout.strip() == wanted


def test_a_wrong_choice_is_refused_and_the_old_one_stays():
    before = hemline.status()
    with pytest.raises(hemline.InvalidArgument, match="'gpu', expected one of auto, native"):
        hemline.use_backend("gpu")
    assert hemline.status() == before


def test_no_warning_where_the_choice_was_made(backend):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hemline.use_backend(backend.split("-")[0])
