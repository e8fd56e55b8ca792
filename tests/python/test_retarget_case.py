"""The files that programs of all languages share, and the comparer that judges them."""

import sys
from pathlib import Path

import numpy as np
import pytest

import blender_bridge as hemline

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples"))

import retarget_case

# Values whose digits are easily lost: signed zero, the smallest subnormal and normal, the largest,
# neighbours of 1, and a third.
AWKWARD = np.array(
    [[-0.0, 1e-45, 1.1754944e-38], [3.4028235e38, 0.99999994, 1.0000001], [1 / 3, -1 / 3, 0.0]],
    np.float32,
)
TRIANGLES = np.array([[0, 1, 2], [2, 1, 0]], np.uint32)
NAMES = ["hips", "Schulter.L", "肩 右", "unused"]


def rows(values=(1.0, 0.25, 1 / 3)):
    offsets, groups = np.array([0, 1, 1, 3], np.uint32), np.array([2, 0, 1], np.uint32)
    return hemline.SparseWeights(offsets, groups, np.array(values, np.float32), len(NAMES))


def write(folder, points=AWKWARD, triangles=TRIANGLES, names=NAMES, weights=None):
    folder.mkdir()
    retarget_case.write_obj(folder / "result.obj", retarget_case.Mesh(points, triangles))
    weights = rows() if weights is None else weights
    retarget_case.write_weights(folder / "result_weights.txt", names, weights)
    return folder


def test_files_keep_all_bits(tmp_path):
    folder = write(tmp_path / "a")
    mesh = retarget_case.read_obj(folder / "result.obj")
    assert mesh.points.tobytes() == AWKWARD.tobytes()
    np.testing.assert_array_equal(mesh.triangles, TRIANGLES)
    names, weights = retarget_case.read_weights(folder / "result_weights.txt")
    assert names == NAMES
    assert weights.offsets.tolist() == [0, 1, 1, 3]
    assert weights.groups.tolist() == [2, 0, 1]
    assert weights.weights.tobytes() == rows().weights.tobytes()
    assert retarget_case.main(["compare", str(folder), str(folder)]) == 0


def last_bit_changed():
    points = AWKWARD.copy()
    points[2, 0] = np.nextafter(points[2, 0], np.float32(1))
    return points


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": last_bit_changed()}, "points: 1 of 9 differ, first (2, 0)"),
        ({"points": np.abs(AWKWARD)}, "points: 2 of 9 differ, first (0, 0)"),
        ({"points": AWKWARD[:2], "triangles": TRIANGLES % 2}, "points: shape (2, 3)"),
        ({"triangles": TRIANGLES[:, ::-1]}, "triangles: 4 of 6 differ"),
        ({"names": NAMES[::-1]}, "group names differ"),
        ({"weights": rows((1.0, 0.25, 0.33333337))}, "weights: 1 of 3 differ, first (2,)"),
    ],
)
def test_one_difference_is_found(tmp_path, change, words):
    expected, found = write(tmp_path / "a"), write(tmp_path / "b", **change)
    texts = retarget_case.differences(expected, found)
    assert any(text.startswith(words) for text in texts), texts
    assert retarget_case.main(["compare", str(expected), str(found)]) == 1


def test_unfinished_weights_are_refused(tmp_path):
    path = write(tmp_path / "a") / "result_weights.txt"
    path.write_text(path.read_text("utf-8").rsplit("\n", 2)[0] + "\n", "utf-8")
    with pytest.raises(ValueError, match="expected 3 whole rows"):
        retarget_case.read_weights(path)
