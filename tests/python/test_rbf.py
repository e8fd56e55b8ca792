# SPDX-License-Identifier: GPL-3.0-or-later
"""Radial basis functions against SciPy's interpolator and against the definition."""

import numpy as np
import pytest

import blender_bridge as hemline

KERNELS = [
    ("multiquadric", 1e-5),
    ("multiquadric", 0.2),
    ("biharmonic", 1.0),
    ("triharmonic", 1.0),
    ("gaussian", 0.15),
    ("thin_plate", 1.0),
    ("wendland_c2", 0.5),
]

#: SciPy's names; its ε is one over ours.
SCIPY = {
    "multiquadric": "multiquadric",
    "biharmonic": "linear",
    "triharmonic": "cubic",
    "gaussian": "gaussian",
    "thin_plate": "thin_plate_spline",
}


def problem(count=300, targets=200, seed=1):
    random = np.random.default_rng(seed)
    points = random.uniform(-1, 1, (count, 3)).astype(np.float32)
    values = random.uniform(-0.1, 0.1, (count, 3)).astype(np.float32)
    return points, values, random.uniform(-1.2, 1.2, (targets, 3)).astype(np.float32)


def phi(kernel, epsilon, r):
    """The kernels by their formulas."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "multiquadric": lambda: -np.sqrt(r**2 + epsilon**2),
            "biharmonic": lambda: -r,
            "triharmonic": lambda: r**3,
            "gaussian": lambda: np.exp(-(r**2) / epsilon**2),
            "thin_plate": lambda: np.where(r > 0, r**2 * np.log(r), 0.0),
            "wendland_c2": lambda: np.where(
                r < epsilon, (1 - r / epsilon) ** 4 * (4 * r / epsilon + 1), 0.0
            ),
        }[kernel]()


def by_definition(points, values, targets, kernel, epsilon, smoothing=0.0):
    """The saddle point system, and the sums, in float64."""
    p, t = points.astype(np.float64), targets.astype(np.float64)
    between = np.linalg.norm(p[:, None] - p, axis=2)
    linear = np.concatenate([np.ones((len(p), 1)), p], axis=1)
    matrix = phi(kernel, epsilon, between) + smoothing * np.eye(len(p))
    system = np.block([[matrix, linear], [linear.T, np.zeros((4, 4))]])
    right = np.concatenate([values, np.zeros((4, values.shape[1]))])
    solution = np.linalg.solve(system, right)
    kernel_values = phi(kernel, epsilon, np.linalg.norm(t[:, None] - p, axis=2))
    return kernel_values @ solution[:-4] + solution[-4] + t @ solution[-3:]


@pytest.mark.parametrize("smoothing", [0.0, 0.02])
@pytest.mark.parametrize("kernel, epsilon", KERNELS)
def test_interpolants_are_those_of_the_definition(kernel, epsilon, smoothing):
    points, values, targets = problem()
    rbf = hemline.RbfInterpolator(points, kernel=kernel, epsilon=epsilon, smoothing=smoothing)
    found = rbf.evaluate(rbf.fit(values), targets)
    expected = by_definition(points, values, targets, kernel, epsilon, smoothing)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    if smoothing == 0.0:
        np.testing.assert_allclose(rbf.evaluate(rbf.fit(values), points), values, atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.02])
@pytest.mark.parametrize("kernel", SCIPY)
def test_scipy_agrees(kernel, smoothing):
    interpolate = pytest.importorskip("scipy.interpolate")
    points, values, targets = problem(seed=2)
    has_width = kernel in ("multiquadric", "gaussian")
    epsilon = 0.25 if has_width else 1.0
    # √(1 + (r/ε)²) is √(ε² + r²) / ε: SciPy's smoothing is measured against that.
    scale = epsilon if kernel == "multiquadric" else 1.0
    reference = interpolate.RBFInterpolator(
        points.astype(np.float64),
        values.astype(np.float64),
        kernel=SCIPY[kernel],
        epsilon=1.0 / epsilon,
        smoothing=smoothing / scale,
        degree=1,
    )
    rbf = hemline.RbfInterpolator(points, kernel=kernel, epsilon=epsilon, smoothing=smoothing)
    found = rbf.evaluate(rbf.fit(values), targets)
    np.testing.assert_allclose(found, reference(targets.astype(np.float64)), rtol=0, atol=1e-6)


def test_further_values_and_columns():
    points, values, targets = problem()
    rbf = hemline.RbfInterpolator(points)
    whole = rbf.evaluate(rbf.fit(values), targets)
    for column in range(3):
        found = rbf.evaluate(rbf.fit(values[:, column]), targets)
        np.testing.assert_allclose(found, whole[:, column], atol=1e-7)
    many = np.concatenate([values, 2 * values[:, :1]], axis=1)
    found = rbf.evaluate(rbf.fit(many), targets)
    np.testing.assert_allclose(found[:, 3], 2 * whole[:, 0], atol=1e-7)
    out = np.empty((len(targets), 3), np.float32)
    assert rbf.evaluate(rbf.fit(values), targets, out=out) is out
    np.testing.assert_array_equal(out, whole)
    empty = rbf.evaluate(rbf.fit(values), np.empty((0, 3)))
    assert empty.shape == (0, 3)


@pytest.mark.parametrize("flatten", [[1, 1, 0], [1, 0, 0], [0, 0, 0]])
def test_points_that_span_less_than_space(flatten):
    points, _, _ = problem(60)
    points = points * np.float32(flatten) + np.float32([0, 0, 0.5])
    values = (points @ np.float32([0.3, -0.1, 0.2]))[:, None]
    rbf = hemline.RbfInterpolator(points)
    np.testing.assert_allclose(rbf.evaluate(rbf.fit(values), points), values, atol=1e-6)


def test_coinciding_points_are_merged():
    points, values, targets = problem(100)
    rbf = hemline.RbfInterpolator(points)
    expected = rbf.evaluate(rbf.fit(values), targets)
    near = points + np.float32(2e-6)
    both = hemline.RbfInterpolator(np.concatenate([points, near]))
    assert both.info.distinct_point_count == 100
    other = values + np.float32(0.01)
    coefficients = both.fit(np.concatenate([values - np.float32(0.01), other]))
    assert not coefficients[100:200].any()
    np.testing.assert_allclose(both.evaluate(coefficients, targets), expected, atol=1e-6)
    apart = hemline.RbfInterpolator(np.concatenate([points, near]), merge_distance=0.0)
    assert apart.info.distinct_point_count == 200


def test_large_problems_are_within_a_millionth_of_the_brute_force(backend):
    if backend != "native":
        pytest.skip("the fallback has one way for all sizes")
    random = np.random.default_rng(4)
    points = random.normal(size=(4000, 3))
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    values = (np.sin(4 * points) * 0.1).astype(np.float32)
    targets = points[random.integers(0, 4000, 40_000)] * random.uniform(0.9, 1.3, (40_000, 1))
    targets = targets.astype(np.float32)
    iterative = hemline.RbfInterpolator(points)
    direct = hemline.RbfInterpolator(points, solver="direct")
    assert iterative.info.condition == 0.0 and direct.info.condition > 1.0
    coefficients = direct.fit(values)
    found = iterative.evaluate(iterative.fit(values), targets)
    # A thousand targets are summed pair by pair.
    blocks = [direct.evaluate(coefficients, block) for block in np.array_split(targets, 40)]
    np.testing.assert_allclose(found, np.concatenate(blocks), rtol=0, atol=3e-7)
    rows = slice(0, None, 130)
    kernel = -np.sqrt(((targets[rows, None].astype(np.float64) - points) ** 2).sum(axis=2) + 1e-10)
    expected = kernel @ coefficients[:-4] + coefficients[-4] + targets[rows] @ coefficients[-3:]
    np.testing.assert_allclose(found[rows], expected, rtol=0, atol=3e-7)


def test_threads_do_not_change_large_problems(backend):
    if backend != "native":
        pytest.skip("the fallback has no threads of its own")
    points, values, targets = problem(2500, 50_000)
    rbf = hemline.RbfInterpolator(points, solver="iterative")
    try:
        results = []
        for threads, batch in ((1, 0), (2, 0), (3, 5)):
            hemline.set_thread_count(threads)
            hemline.set_batch_size(batch)
            coefficients = rbf.fit(values)
            results.append((coefficients, rbf.evaluate(coefficients, targets)))
    finally:
        hemline.set_thread_count(0)
        hemline.set_batch_size(0)
    for coefficients, found in results[1:]:
        np.testing.assert_array_equal(coefficients, results[0][0])
        np.testing.assert_array_equal(found, results[0][1])


def test_singular_systems_are_refused_with_their_condition():
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 8)] * 3), axis=-1).reshape(-1, 3)
    with pytest.raises(hemline.InvalidArgument, match="`points` make a system with the condition"):
        hemline.RbfInterpolator(grid, kernel="gaussian", epsilon=5.0)
    rbf = hemline.RbfInterpolator(grid)
    assert 1.0 < rbf.info.condition < 1e9


def test_bad_arguments_are_named():
    points, values, targets = problem(20)
    for name, value in [
        ("kernel", "cubic"),
        ("epsilon", -1.0),
        ("smoothing", -1.0),
        ("merge_distance", -1.0),
        ("solver", "fast"),
    ]:
        with pytest.raises(hemline.InvalidArgument, match=name):
            hemline.RbfInterpolator(points, **{name: value})
    with pytest.raises(hemline.InvalidArgument, match="epsilon"):
        hemline.RbfInterpolator(points, kernel="gaussian", epsilon=0.0)
    with pytest.raises(hemline.InvalidArgument, match="`points` is empty"):
        hemline.RbfInterpolator(np.empty((0, 3)))
    with pytest.raises(hemline.NotFinite, match="points"):
        hemline.RbfInterpolator(points * np.nan)
    rbf = hemline.RbfInterpolator(points)
    with pytest.raises(hemline.LengthMismatch, match="values"):
        rbf.fit(values[:-1])
    with pytest.raises(hemline.NotFinite, match="values"):
        rbf.fit(values * np.nan)
    coefficients = rbf.fit(values)
    with pytest.raises(hemline.LengthMismatch, match="coefficients"):
        rbf.evaluate(coefficients[1:], targets)
    with pytest.raises(hemline.NotFinite, match="targets"):
        rbf.evaluate(coefficients, targets * np.inf)
    rbf.close()
    with pytest.raises(hemline.HandleClosed):
        rbf.fit(values)


def test_cancel():
    points, values, targets = problem(50)
    with pytest.raises(hemline.Cancelled):
        hemline.RbfInterpolator(points, progress=lambda fraction: False)
    rbf = hemline.RbfInterpolator(points)
    with pytest.raises(hemline.Cancelled):
        rbf.evaluate(rbf.fit(values), targets, progress=lambda fraction: False)
