"""Radial basis functions beside SciPy's interpolator, and a field's real size.

usage: python benches/rbf.py [--repeats N] [--quick]

CPU time, medians, one thread for the comparison with SciPy; for the real size (15,779 control
points, 1,400,370 targets) CPU and wall time of all threads. Control points are the vertices of
a body and its clothes, their values the way to another body. ``--quick`` leaves the direct solve of
the real size out, which takes a minute and 2 GB.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
from scipy.interpolate import RBFInterpolator

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benches"), str(ROOT / "tests" / "assets")]

from cpu_time import median_cpu_ms, print_table  # noqa: E402
from sample_assets import load_body, load_garment  # noqa: E402

import blender_bridge as hemline  # noqa: E402

CONTROL_POINTS, TARGETS = 15_779, 1_400_370


def control_points():
    """The body with its tights, 1 cm out, and where they are on the other body."""
    body, tights = load_body("a"), load_garment("tights", "a")
    points = np.concatenate([body.positions, tights.positions + np.float32(0.01) * tights.normals])
    other = np.concatenate([load_body("b").positions, load_garment("tights", "b").positions])
    source = np.concatenate([body.positions, tights.positions])
    return points[:CONTROL_POINTS], (other - source)[:CONTROL_POINTS]


def targets_near(points, count, seed=0):
    """Points around the control points, most of them near, as a field's samples are."""
    random = np.random.default_rng(seed)
    reach = np.where(random.random((count, 1)) < 0.1, 0.3, 0.03)
    offsets = random.uniform(-1.0, 1.0, (count, 3)) * reach
    return (points[random.integers(0, len(points), count)] + offsets).astype(np.float32)


def comparison(repeats):
    """Fit and evaluation of 5,000 control points, one thread."""
    hemline.set_thread_count(1)
    points, values = (array[::3][:5_000] for array in control_points())
    targets = targets_near(points, 50_000)
    wide = [array.astype(np.float64) for array in (points, values, targets)]

    def scipy_fit():
        return RBFInterpolator(wide[0], wide[1], kernel="linear", degree=1)

    def fit(solver):
        rbf = hemline.RbfInterpolator(points, kernel="biharmonic", solver=solver)
        return rbf, rbf.fit(values)

    peer, reference = median_cpu_ms(scipy_fit, repeats=1)
    rows = []
    for solver in ("direct", "iterative"):
        ours, (rbf, coefficients) = median_cpu_ms(lambda s=solver: fit(s), repeats=repeats)
        rows.append([f"fit, {solver}", f"{ours:.0f}", f"{peer:.0f}", f"{peer / ours:.1f}"])
    peer, expected = median_cpu_ms(lambda: reference(wide[2]), repeats=1)
    ours, found = median_cpu_ms(lambda: rbf.evaluate(coefficients, targets), repeats=repeats)
    rows.append(["evaluate", f"{ours:.0f}", f"{peer:.0f}", f"{peer / ours:.1f}"])
    print_table(
        "5,000 control points, 50,000 targets, three columns: CPU ms",
        ["task", "hemline", "SciPy", "ratio"],
        rows,
    )
    print(f"largest difference to SciPy: {np.abs(found - expected).max():.1e} m")


def timed(work):
    """CPU seconds, wall seconds and the result."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def real_size(quick):
    """All control points and targets, all threads; error against the direct solve."""
    hemline.set_thread_count(0)
    points, values = control_points()
    targets = targets_near(points, TARGETS)
    rows = []

    def row(name, cpu, wall):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows.append([name, f"{cpu:.1f}", f"{wall:.1f}", f"{peak:.2f}"])

    cpu, wall, rbf = timed(lambda: hemline.RbfInterpolator(points))
    more, longer, coefficients = timed(lambda: rbf.fit(values))
    row("fit, iterative", cpu + more, wall + longer)
    cpu, wall, found = timed(lambda: rbf.evaluate(coefficients, targets))
    row("evaluate, treecode", cpu, wall)
    if not quick:
        cpu, wall, direct = timed(lambda: hemline.RbfInterpolator(points, solver="direct"))
        more, longer, coefficients = timed(lambda: direct.fit(values))
        row("fit, direct", cpu + more, wall + longer)
    # So few targets at a time are summed pair by pair.
    chosen = np.random.default_rng(1).permutation(TARGETS)[:100_000]
    blocks = np.array_split(targets[chosen], 20)
    cpu, wall, plain = timed(lambda: [rbf.evaluate(coefficients, block) for block in blocks])
    share = TARGETS / len(chosen)
    row("evaluate, pair by pair (from 100,000 targets)", cpu * share, wall * share)
    threads = hemline.thread_count()
    print_table(
        f"{CONTROL_POINTS} control points, {TARGETS} targets, {threads} threads: seconds",
        ["task", "CPU", "wall", "peak GB so far"],
        rows,
    )
    error = np.linalg.norm(found[chosen].astype(np.float64) - np.concatenate(plain), axis=1).max()
    against = "the iterative fit" if quick else "the direct solve"
    print(f"largest error against {against} and plain float64 sums: {error:.1e} m")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    comparison(options.repeats)
    real_size(options.quick)


if __name__ == "__main__":
    main()
