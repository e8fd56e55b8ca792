# SPDX-License-Identifier: GPL-3.0-or-later
"""A retarget job as a folder of plain text files, so that programs in any language can do the same
job and be compared bit for bit. README.md beside this file describes the files.

    python examples/retarget_case.py sample CASE        writes the sample job (plain Python)
    python examples/retarget_case.py run CASE [RESULT]  does the job with hemline's Python API
    python examples/retarget_case.py compare A B        exit status 1 unless the results are equal

`tests/blender/write_retarget_case.py` writes the same job and its result from inside Blender.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "assets")]

import blender_bridge as hemline  # noqa: E402

# The field goes through about so many of the body's vertices, on a grid of this spacing in metres:
# coarser than the defaults, so that the job takes two seconds.
CONTROL_POINTS = 3000
BASE_SPACING = 0.005


class Mesh(NamedTuple):
    """World space, metres, Blender axes."""

    points: np.ndarray
    """`#V by 3` float32."""
    triangles: np.ndarray
    """`#T by 3` uint32."""


class Case(NamedTuple):
    """What a retarget needs; the bodies have the same vertices in the same order."""

    source_body: Mesh
    target_body: Mesh
    outfit: Mesh
    """Made for the source body."""
    group_names: list[str]
    body_weights: hemline.SparseWeights
    """The target body's skin weights."""


class Result(NamedTuple):
    """The outfit on the target body."""

    points: np.ndarray
    """`#V by 3` float32."""
    weights: hemline.SparseWeights


def write_case(folder, case):
    """Writes the case's files, with the field beside them for programs that load it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("source_body", "target_body", "outfit"):
        write_obj(folder / f"{name}.obj", getattr(case, name))
    write_weights(folder / "body_weights.txt", case.group_names, case.body_weights)
    make_field(case).save(folder / "field.npz")


def read_case(folder):
    """The case that `write_case` wrote."""
    folder = Path(folder)
    meshes = (read_obj(folder / f"{name}.obj") for name in ("source_body", "target_body", "outfit"))
    return Case(*meshes, *read_weights(folder / "body_weights.txt"))


def make_field(case):
    """The field from the source body to the target body."""
    step = -(-len(case.source_body.points) // CONTROL_POINTS)
    return hemline.create_field(
        case.source_body.points[::step],
        case.target_body.points[::step],
        base_spacing=BASE_SPACING,
    )


def retarget(case):
    """The job: shape stage, then weight stage, both with their defaults."""
    with hemline.Surface(*case.target_body) as body, hemline.Surface(*case.source_body) as source:
        shape = hemline.shape_stage(
            *case.outfit, fields=[make_field(case)], body=body, source_body=source
        )
    made = hemline.weight_stage(
        *case.target_body,
        case.body_weights,
        [hemline.OutfitPiece(shape.points, case.outfit.triangles)],
    )
    return Result(shape.points, made.weights[0])


def write_result(folder, case, result):
    """Writes `result.obj` and `result_weights.txt`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_obj(folder / "result.obj", Mesh(result.points, case.outfit.triangles))
    write_weights(folder / "result_weights.txt", case.group_names, result.weights)


def write_obj(path, mesh):
    """`v` and `f` lines; nine digits tell every float32 apart."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"v {x:.9g} {y:.9g} {z:.9g}\n" for x, y, z in mesh.points.tolist())
        file.writelines(f"f {a} {b} {c}\n" for a, b, c in (mesh.triangles + 1).tolist())


def read_obj(path):
    """The triangle mesh of a file that `write_obj`, or an example program, wrote."""
    lines = [line.split() for line in Path(path).read_text("utf-8").splitlines()]
    points = [line[1:] for line in lines if line[0] == "v"]
    triangles = [line[1:] for line in lines if line[0] == "f"]
    return Mesh(
        np.array(points, np.float64).astype(np.float32).reshape(-1, 3),
        (np.array(triangles, np.int64).reshape(-1, 3) - 1).astype(np.uint32),
    )


def write_weights(path, group_names, weights):
    """The groups' names, then for each vertex the number of its entries, groups and weights."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"groups {len(group_names)}\n")
        file.writelines(f"{name}\n" for name in group_names)
        file.write(f"vertices {weights.vertex_count}\n")
        entries = list(zip(weights.groups.tolist(), weights.weights.tolist()))
        offsets = weights.offsets.tolist()
        for first, end in pairwise(offsets):
            pairs = (f" {group} {weight:.9g}" for group, weight in entries[first:end])
            file.write(f"{end - first}{''.join(pairs)}\n")


def read_weights(path):
    """Names and `SparseWeights` of a file of `write_weights`."""
    lines = Path(path).read_text("utf-8").splitlines()
    group_count = _header(lines[0], "groups")
    names = lines[1 : 1 + group_count]
    vertex_count = _header(lines[1 + group_count], "vertices")
    rows = [line.split() for line in lines[2 + group_count :]]
    if len(rows) != vertex_count or any(len(row) != 1 + 2 * int(row[0]) for row in rows):
        raise ValueError(f"{path}: expected {vertex_count} whole rows")
    offsets = np.cumsum([0, *(int(row[0]) for row in rows)])
    groups = np.array([group for row in rows for group in row[1::2]], np.int64)
    values = np.array([weight for row in rows for weight in row[2::2]], np.float64)
    return names, hemline.SparseWeights(
        offsets.astype(np.uint32),
        groups.astype(np.uint32),
        values.astype(np.float32),
        group_count,
    )


def _header(line, word):
    found, number = line.split()
    if found != word:
        raise ValueError(f"found {line!r}, expected {word} and a number")
    return int(number)


def differences(expected, found):
    """What differs between two result folders, in words; empty for equal bits."""
    expected_mesh, found_mesh = (
        read_obj(Path(folder) / "result.obj") for folder in (expected, found)
    )
    expected_names, expected_rows = read_weights(Path(expected) / "result_weights.txt")
    found_names, found_rows = read_weights(Path(found) / "result_weights.txt")
    texts = [
        _difference("points", expected_mesh.points, found_mesh.points),
        _difference("triangles", expected_mesh.triangles, found_mesh.triangles),
        None if expected_names == found_names else "group names differ",
        _difference("row bounds", expected_rows.offsets, found_rows.offsets),
        _difference("groups", expected_rows.groups, found_rows.groups),
        _difference("weights", expected_rows.weights, found_rows.weights),
    ]
    return [text for text in texts if text is not None]


def _difference(what, expected, found):
    """None where the bits are equal."""
    if expected.shape != found.shape:
        return f"{what}: shape {found.shape}, expected {expected.shape}"
    unequal = np.argwhere(expected.view(np.uint32) != found.view(np.uint32))
    if not len(unequal):
        return None
    first = tuple(unequal[0].tolist())
    largest = np.abs(expected.astype(np.float64) - found.astype(np.float64)).max()
    return (
        f"{what}: {len(unequal)} of {expected.size} differ, first {first}: found {found[first]!r}, "
        f"expected {expected[first]!r}; largest difference {largest:.3g}"
    )


def sample_case():
    """The sample outfit (10,712 vertices), made for one sample body, to be carried to the other."""
    import sample_assets

    bodies = [sample_assets.load_body(shape) for shape in ("a", "b")]
    outfit = sample_assets.join(sample_assets.make_outfit("small"))
    meshes = [Mesh(mesh.positions, mesh.triangles) for mesh in (*bodies, outfit)]
    skin = bodies[1].skin
    rows = hemline.SparseWeights(skin.offsets, skin.groups, skin.weights, skin.group_count)
    return Case(*meshes, sample_assets.load_rig("b").group_names, rows)


def main(arguments):
    """The command line; an exit status."""
    match arguments:
        case ["sample", folder]:
            write_case(folder, sample_case())
        case ["run", folder, *result] if len(result) <= 1:
            given = read_case(folder)
            write_result(result[0] if result else folder, given, retarget(given))
        case ["compare", expected, found]:
            texts = differences(expected, found)
            print("\n".join(texts) or f"{found}: equal to {expected}, bit for bit")
            return 1 if texts else 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
